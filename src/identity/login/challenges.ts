/** Challenges: what clients must answer with their credentials, once, within five minutes. */
import { PasserbyError } from "../../errors.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import type { Limits } from "../../rate-limits/limits.ts";
import type { RequestContext } from "../../request-context.ts";
import { type ProviderServices, withProvider } from "../enabled-provider.ts";
import type { AnsweredChallenge, DeployedProvider } from "../provider.ts";
import { type Caller, requireRecentLogin, type SessionServices } from "../sessions/sessions.ts";
import { consumeFlow, createFlowSecret, startFlow } from "./login-flows.ts";

/** Long enough to find a security key; WebAuthn level 3 §15.1 recommends it. */
const CHALLENGE_SECONDS = 300;

type ChallengeServices = SessionServices & ProviderServices & { readonly limits: Limits };

/** What the client passes to the browser, which answers it. */
export interface Challenge {
  readonly options: object;
  readonly expiresAt: Date;
}

/**
 * Starts a login, or the registration of new credentials for the caller.
 * @param request.caller whose credentials are registered; null for a login
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND, RATE_LIMITED, BAD_USER_INPUT, REAUTHENTICATION_REQUIRED when
 *   the login of a permanent user is not recent: the link that follows would fail
 */
export const startChallenge = withProvider(async function startChallenge(
  services: ChallengeServices,
  { client }: RequestContext,
  request: { deployed: DeployedProvider; caller: Caller | null; name: string | null },
): Promise<Challenge> {
  const { deployed, caller, name } = request;
  const { provider, settings } = deployed;
  if (!provider.challenges) throw new Error(`${provider.name} has no challenges.`);
  if (caller) requireRecentLogin(services, caller);
  await services.limits.consume("challenges", clientKey(client));
  const challenge = createFlowSecret();
  const seconds = CHALLENGE_SECONDS;
  const options = await provider.challenges.begin({
    ...{ settings, reads: services.reads, challenge, seconds },
    ...{ user: caller?.user ?? null, name },
  });
  const expiresAt = await startFlow(services, {
    secret: challenge,
    kind: caller ? "registration" : "login",
    deployed,
    input: name,
    sessionId: caller?.session.id ?? null,
    seconds,
  });
  return { options, expiresAt };
});

/**
 * Consumes the challenge that credentials answer, so that a failed attempt uses it up.
 * @throws PasserbyError INVALID_CREDENTIALS
 */
export async function consumeChallenge(
  services: ChallengeServices,
  request: { deployed: DeployedProvider; credentials: unknown; caller: Caller | null },
): Promise<AnsweredChallenge> {
  const { provider } = request.deployed;
  const challenge = provider.challenges?.challengeOf(request.credentials) ?? null;
  if (challenge === null) throw new PasserbyError("INVALID_CREDENTIALS");
  const sessionId = request.caller?.session.id ?? null;
  const kinds = ["registration", "login"] as const;
  const consumed = await consumeFlow(services, { secret: challenge, kinds, sessionId });
  if (consumed?.flow.provider !== provider.name) {
    throw new PasserbyError("INVALID_CREDENTIALS", {
      message: "This challenge was used, has expired, or belongs to another session. Request a new one.",
    });
  }
  return { challenge, kind: consumed.flow.kind, name: consumed.flow.input };
}
