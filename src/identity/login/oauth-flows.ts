/**
 * OAuth redirect flows: a browser is sent to a provider and returns with a code. The flow is found by its state only;
 * nonce and PKCE verifier are derived from it, and not stored.
 */
import { createHmac } from "node:crypto";
import { PasserbyError } from "../../errors.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures } from "../../rate-limits/count-failures.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import { type LinkOutcome, linkVerified } from "../linking/linking.ts";
import type {
  DeployedProvider,
  RedirectAnswer,
  RedirectContext,
  RedirectSteps,
  VerifiedIdentity,
} from "../provider.ts";
import { requireProofForLogin } from "../sessions/key-binding.ts";
import type { Caller } from "../sessions/sessions.ts";
import { loginVerified } from "./login.ts";
import { consumeFlow, createFlowSecret, startFlow } from "./login-flows.ts";
import type { LoginServices } from "./login-services.ts";

export interface OAuthServices extends LoginServices {
  /** The key that nonces and PKCE verifiers are derived with. */
  readonly oauthFlowKey: Buffer;
}

/** Long enough to type a password and a second factor at the provider. */
const FLOW_SECONDS = 600;

/** Where to send the browser, and the state that it returns with. */
export interface OAuthStart {
  readonly url: string;
  readonly state: string;
  readonly expiresAt: Date;
}

/**
 * Starts a flow.
 * @param request.caller the caller to link the identity to; null for a login
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND, RATE_LIMITED, BAD_USER_INPUT when the provider has no redirect flow, REDIRECT_URI_NOT_ALLOWED,
 *   SERVICE_UNAVAILABLE when the provider is down
 */
export const startOAuth = withProvider(async function startOAuth(
  services: OAuthServices,
  { client }: RequestContext,
  request: { deployed: DeployedProvider; redirectUri: string; caller: Caller | null },
): Promise<OAuthStart> {
  const { deployed, redirectUri, caller } = request;
  const redirect = getRedirect(deployed);
  if (!redirect.allowedRedirectUris(deployed.settings).includes(redirectUri)) {
    throw new PasserbyError("REDIRECT_URI_NOT_ALLOWED");
  }
  await services.limits.consume("oauthStarts", clientKey(client));
  const state = createFlowSecret();
  const url = await redirect.start(redirectContext(services, { deployed, redirectUri, state }));
  const expiresAt = await startFlow(services, {
    secret: state,
    kind: "redirect",
    deployed,
    input: redirectUri,
    sessionId: caller?.session.id ?? null,
    seconds: FLOW_SECONDS,
  });
  return { url, state, expiresAt };
});

/**
 * Completes a flow with the code that the browser returned with: a login, or a link if it was started for one.
 * @throws PasserbyError RATE_LIMITED, OAUTH_STATE_INVALID, INVALID_CREDENTIALS, SERVICE_UNAVAILABLE, USER_DISABLED,
 *   IDENTITY_IN_USE, PROVIDER_DISABLED, PROVIDER_NOT_FOUND
 */
export async function completeOAuth(
  services: OAuthServices,
  context: RequestContext,
  request: OAuthReturn,
): Promise<LinkOutcome> {
  const key = clientKey(context.client, "oauth:");
  const wrong = ["OAUTH_STATE_INVALID", "INVALID_CREDENTIALS"] as const;
  const counters = [["failedLogins", key]] as const;
  return countFailures(services, { counters, wrong }, () => complete(services, context, request));
}

interface OAuthReturn {
  readonly state: string;
  readonly answer: RedirectAnswer;
  readonly caller: Caller | null;
}

/** The provider is called only after the state was consumed, which happens once. */
async function complete(
  services: OAuthServices,
  context: RequestContext,
  { state, answer, caller }: OAuthReturn,
): Promise<LinkOutcome> {
  if (!caller) requireProofForLogin(services.policy, context, { isAnonymous: false });
  const sessionId = caller?.session.id ?? null;
  const consumed = await consumeFlow(services, { secret: state, kinds: ["redirect"], sessionId });
  if (!consumed) throw new PasserbyError("OAUTH_STATE_INVALID");
  const { flow, deployed } = consumed;
  // Who came back, according to the provider. A code is good once, so a decision made again uses the same identity.
  const redirectUri = String(flow.input);
  const redirect = redirectContext(services, { deployed, redirectUri, state });
  let verified: Promise<VerifiedIdentity> | null = null;
  const verify = (): Promise<VerifiedIdentity> => {
    verified ??= getRedirect(deployed).finish(redirect, answer);
    return verified;
  };
  if (flow.sessionId !== null && caller) return linkVerified(services, context, { caller, deployed, verify });
  const linked = await loginVerified(services, context, { deployed, verify });
  return { linked, conflict: null };
}

function getRedirect({ provider }: DeployedProvider): RedirectSteps {
  if (provider.redirect) return provider.redirect;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `${provider.displayName} has no redirect flow. Send its credentials to \`login\` or \`linkIdentity\`.`,
  });
}

function redirectContext(
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
