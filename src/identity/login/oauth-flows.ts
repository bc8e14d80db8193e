/**
 * Redirect flows: a browser is sent to a provider, and comes back with a code. The state that it carries is the
 * only thing that knows the flow; what is stored tells nobody anything.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { ClientInfo } from "../../client-info.ts";
import { secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { execute } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { OAuthFlow } from "../../entities/oauth-flow.ts";
import { PasserbyError } from "../../errors.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures } from "../../rate-limits/count-failures.ts";
import { requireProvider, withProvider } from "../enabled-provider.ts";
import { type LinkOutcome, linkVerified } from "../linking/linking.ts";
import type {
  DeployedProvider,
  RedirectAnswer,
  RedirectContext,
  RedirectSteps,
  VerifiedIdentity,
} from "../provider.ts";
import type { Caller } from "../sessions/sessions.ts";
import { type LoginServices, loginVerified } from "./login.ts";

export interface OAuthServices extends LoginServices {
  /** What nonces and PKCE verifiers are derived with. */
  readonly oauthFlowKey: Buffer;
}

/** Long enough to type a password and a second factor at the provider. */
const FLOW_SECONDS = 600;

/** Where to send the browser, and what it will bring back. */
export interface OAuthStart {
  readonly url: string;
  readonly state: string;
  readonly expiresAt: Date;
}

/**
 * Begins a flow.
 * @param request.caller whom to link to; null for a login
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND, RATE_LIMITED, BAD_USER_INPUT when the provider has no redirect flow, REDIRECT_URI_NOT_ALLOWED,
 *   SERVICE_UNAVAILABLE when the provider is down
 */
export const startOAuth = withProvider(async function startOAuth(
  services: OAuthServices,
  request: { deployed: DeployedProvider; redirectUri: string; caller: Caller | null; client: ClientInfo },
): Promise<OAuthStart> {
  const { deployed, redirectUri, caller, client } = request;
  const { limits, writes, clock } = services;
  const redirect = getRedirect(deployed);
  if (!redirect.allowedRedirectUris(deployed.settings).includes(redirectUri)) {
    throw new PasserbyError("REDIRECT_URI_NOT_ALLOWED");
  }
  await limits.consume("oauthStarts", clientKey(client));
  const state = randomBytes(32).toString("base64url");
  const url = await redirect.start(contextOf(services, { deployed, redirectUri, state }));
  const row: OAuthFlow = {
    stateHash: hashSecret(state),
    provider: deployed.provider.name,
    settingsFingerprint: deployed.settingsFingerprint,
    redirectUri,
    sessionId: caller?.session.id ?? null,
    expiresAt: secondsAfter(clock.now(), FLOW_SECONDS),
  };
  await writes.transaction((manager) => insertRows(manager, { entity: OAuthFlow, rows: [row] }));
  return { url, state, expiresAt: row.expiresAt };
});

/**
 * Ends a flow with what the browser came back with: in a login, or in a link where it was begun for one.
 * @throws PasserbyError RATE_LIMITED, OAUTH_STATE_INVALID, INVALID_CREDENTIALS, SERVICE_UNAVAILABLE, USER_DISABLED,
 *   IDENTITY_IN_USE, PROVIDER_DISABLED, PROVIDER_NOT_FOUND
 */
export async function completeOAuth(
  services: OAuthServices,
  request: {
    state: string;
    answer: RedirectAnswer;
    caller: Caller | null;
    client: ClientInfo;
  },
): Promise<LinkOutcome> {
  const key = clientKey(request.client, "oauth:");
  const wrong = ["OAUTH_STATE_INVALID", "INVALID_CREDENTIALS"] as const;
  const counters = [["failedLogins", key]] as const;
  return countFailures(services, { counters, wrong }, () => complete(services, request));
}

/** In the order that makes it safe: nothing is asked of the provider before the state is taken, and it is taken once. */
async function complete(
  services: OAuthServices,
  { state, answer, caller, client }: Parameters<typeof completeOAuth>[1],
): Promise<LinkOutcome> {
  // 1. The flow, its provider, and the settings that it began under.
  const flow = await services.reads.findOneBy(OAuthFlow, { stateHash: hashSecret(state) });
  if (!flow) throw new PasserbyError("OAUTH_STATE_INVALID");
  const deployed = requireProvider(services, flow);
  if (flow.settingsFingerprint !== deployed.settingsFingerprint) {
    throw new PasserbyError("OAUTH_STATE_INVALID");
  }
  // 2. The session that a link began in.
  if (flow.sessionId !== null && flow.sessionId !== caller?.session.id) {
    throw new PasserbyError("OAUTH_STATE_INVALID");
  }
  // 3. The state, for good.
  await takeFlow(services, flow);
  // 4. Who came back, according to the provider. A code is good once, so a decision made again uses the same identity.
  const { redirectUri } = flow;
  const context = contextOf(services, { deployed, redirectUri, state });
  let verified: Promise<VerifiedIdentity> | null = null;
  const verify = (): Promise<VerifiedIdentity> => {
    verified ??= getRedirect(deployed).finish(context, answer);
    return verified;
  };
  // 5. The link, or the login.
  if (flow.sessionId !== null && caller) return linkVerified(services, { caller, deployed, verify });
  const linked = await loginVerified(services, { deployed, client, verify });
  return { linked, conflict: null, promotion: null };
}

/** Of many that bring the same state at the same moment, the database lets one through. */
async function takeFlow({ writes, clock }: OAuthServices, { stateHash }: OAuthFlow): Promise<void> {
  const taken = await writes.transaction((manager) =>
    execute(
      manager,
      `DELETE FROM oauth_flows WHERE state_hash = ? AND expires_at > ? AND (session_id IS NULL
         OR session_id IN (SELECT id FROM sessions WHERE ended_at IS NULL))`,
      [stateHash, +clock.now()],
    ),
  );
  if (taken === 0) throw new PasserbyError("OAUTH_STATE_INVALID");
}

function getRedirect({ provider }: DeployedProvider): RedirectSteps {
  if (provider.redirect) return provider.redirect;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `${provider.displayName} has no redirect flow here. Show its credentials to \`login\` or \`linkIdentity\`.`,
  });
}

function contextOf(
  { clock, oauthFlowKey }: OAuthServices,
  { deployed, redirectUri, state }: { deployed: DeployedProvider; redirectUri: string; state: string },
): RedirectContext {
  const derive = (purpose: string): string =>
    createHmac("sha256", oauthFlowKey).update(`${purpose}:${state}`).digest("base64url");
  return {
    settings: deployed.settings,
    clock,
    redirectUri,
    state,
    nonce: derive("nonce"),
    codeVerifier: derive("code_verifier"),
  };
}
