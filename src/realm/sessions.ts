/** The signed-in user's profile, refresh and logout. */
import type { Identity } from "../entities/identity.ts";
import { logout } from "../identity/sessions/logout.ts";
import { touchSession } from "../identity/sessions/non-rotating-sessions.ts";
import { deleteCaller, findTypedEmails, listIdentities } from "../identity/users/users.ts";
import { type Bearer, done, type RealmAnswer, type RealmRequest } from "./request.ts";
import { issueAccessToken } from "./tokens.ts";

export async function getProfile({
  services,
  settings,
  who: { caller },
}: RealmRequest<Bearer>): Promise<RealmAnswer> {
  const { user } = caller;
  const identities = anonymousFirst(await listIdentities(services.reads, [user.id]));
  const isServer = identities.length > 0 && identities.every(({ provider }) => provider === "api-key");
  const typed = await findTypedEmails(services.reads, identities);
  const emailOf = ({ id, email }: Identity): string | null => typed.get(id) ?? email;
  const [email] = identities.flatMap((identity) => emailOf(identity) ?? []);
  return {
    status: 200,
    body: {
      user_id: user.id,
      domain_id: settings.appId,
      type: isServer ? "server" : "normal",
      identities: identities.map((identity) => showIdentity(identity, emailOf(identity))),
      data: { ...(email !== undefined && { email }), ...user.profile },
    },
  };
}

/** The subject of an anonymous identity is its own id. */
const isAnonymous = ({ id, subject }: Identity): boolean => id === subject;

const anonymousFirst = (identities: readonly Identity[]): Identity[] => [
  ...identities.filter(isAnonymous),
  ...identities.filter((identity) => !isAnonymous(identity)),
];

/** In App Services the id of an identity was the user's id at the provider, which is the subject here. */
const showIdentity = ({ subject, provider }: Identity, email: string | null) => ({
  id: subject,
  provider_type: provider,
  provider_data: email === null ? {} : { email },
});

/** A new access token; the refresh token stays the same. */
export async function refresh({
  services,
  context,
  who: { caller, deviceId },
}: RealmRequest<Bearer>): Promise<RealmAnswer> {
  await touchSession(services, context, caller);
  return { status: 201, body: { access_token: issueAccessToken(services, caller, deviceId) } };
}

export async function endSession({ services, context, who }: RealmRequest<Bearer>): Promise<RealmAnswer> {
  await logout(services, context, { caller: who.caller, scope: "CURRENT" });
  return done;
}

export async function deleteUser({ services, context, who }: RealmRequest<Bearer>): Promise<RealmAnswer> {
  await deleteCaller(services, context, { caller: who.caller });
  return done;
}
