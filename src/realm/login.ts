/** Logging in and linking. */
import { PasserbyError } from "../errors.ts";
import { linkIdentity } from "../identity/linking/linking.ts";
import type { MergeOffer } from "../identity/linking/merging.ts";
import { loginAnonymously } from "../identity/login/anonymous-login.ts";
import { login } from "../identity/login/login.ts";
import type { CredentialsKind, DeployedProvider } from "../identity/provider.ts";
import type { Authentication } from "../identity/sessions/sessions.ts";
import { readCredentials } from "./credentials.ts";
import { deviceIdOf } from "./devices.ts";
import { badRequest, RealmError, realmErrorFor } from "./errors.ts";
import type { Bearer, RealmAnswer, RealmRequest } from "./request.ts";
import { issueAccessToken, issueRefreshToken } from "./tokens.ts";

export async function logIn(request: RealmRequest): Promise<RealmAnswer> {
  const { services, context } = request;
  const deployed = findProvider(request);
  const credentials = readCredentials(deployed, request.body);
  const provider = deployed.provider.name;
  const authentication = await explaining(deployed, false, () =>
    deployed.provider.credentials === "none"
      ? loginAnonymously(services, context, { provider, idempotencyKey: null, proofOfWork: "unsupported" })
      : login(services, context, { provider, credentials }),
  );
  const deviceId = deviceIdOf(request);
  return {
    status: 200,
    body: {
      ...answerOf(request, authentication, deviceId),
      refresh_token: await issueRefreshToken(services, authentication, deviceId),
    },
  };
}

/** The user id and the refresh token stay the same, so the response has neither. */
export async function link(request: RealmRequest<Bearer>): Promise<RealmAnswer> {
  const { services, context, who } = request;
  const deployed = findProvider(request);
  if (!deployed.provider.canBeLinked) throw badRequest(unlinkable(deployed), "InvalidParameter");
  const credentials = readCredentials(deployed, request.body);
  const provider = deployed.provider.name;
  const outcome = await explaining(deployed, true, () =>
    linkIdentity(services, context, { provider, caller: who.caller, credentials }),
  );
  if (outcome.conflict) throw conflictError(outcome.conflict);
  return { status: 200, body: answerOf(request, outcome.linked, deviceIdOf(request)) };
}

/** The provider decides which credentials the body must have. @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND */
const findProvider = ({ services, params }: RealmRequest): DeployedProvider =>
  services.providers.requireEnabled(String(params.provider));

const answerOf = ({ services }: RealmRequest, authentication: Authentication, deviceId: string) => ({
  access_token: issueAccessToken(services, authentication, deviceId),
  user_id: authentication.user.id,
  device_id: deviceId,
});

/** The cases that App Services distinguished. */
const codesOfWrongProofs: Partial<Record<CredentialsKind, string>> = {
  jwt: "InvalidSession",
  idToken: "InvalidSession",
  apiKey: "AuthError",
  function: "AuthError",
};

async function explaining<T>(
  { provider }: DeployedProvider,
  isSignedIn: boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const wrongProof = codesOfWrongProofs[provider.credentials];
    if (!(error instanceof PasserbyError && error.code === "INVALID_CREDENTIALS" && wrongProof)) throw error;
    throw new RealmError({
      ...realmErrorFor(error, { isSignedIn }),
      message: error.message,
      errorCode: wrongProof,
    });
  }
}

const unlinkable = ({ provider }: DeployedProvider): string =>
  provider.credentials === "none"
    ? "linking an anonymous identity is not allowed"
    : "invalid user link request";

/**
 * The identity belongs to another user, which App Services rejected. The ticket allows to merge the guest into that user, by `mergeUser` of
 * the graph. Of the fields SDKs show apps only the link, so the ticket is there too.
 */
const conflictError = ({ provider, mergeTicket, expiresAt }: MergeOffer): RealmError =>
  new RealmError({
    status: 409,
    errorCode: "AuthError",
    error: "a user already exists with the specified provider",
    message:
      "This identity belongs to another user. Log in with it to continue as that user, or merge this guest into that user first, with `merge_ticket` (docs/realm-compatibility.md, Linking).",
    code: "IDENTITY_IN_USE",
    details: { provider, merge_ticket: mergeTicket, merge_ticket_expires_at: expiresAt.toISOString() },
    linkParameters: { merge_ticket: mergeTicket },
  });
