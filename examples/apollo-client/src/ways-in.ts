/** What a visitor can do about who they are. Everything here ends in a session that is stored, or in a Refusal. */
import { ask, Refusal } from "./gateway.ts";
import {
  type AuthPayload,
  changeSession,
  isSessionOver,
  notSignedIn,
  PAYLOAD,
  readSession,
  renewLockedSession,
  type Session,
  storeSession,
  storeTokens,
} from "./session.ts";

export interface Credentials {
  readonly emailPassword: { readonly email: string; readonly password: string };
}

/** The proof was right, and the identity is another user's: the visitor has an account already. */
export interface Conflict {
  readonly mergeTicket: string;
}

const LOGIN = `mutation LogIn($credentials: Credentials!) { login(credentials: $credentials) { ${PAYLOAD} } }`;
const LINK = `mutation Link($credentials: Credentials!) {
  linkIdentity(credentials: $credentials) { ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { mergeTicket } }
}`;
const MERGE = `mutation Merge($ticket: String!) { mergeUser(ticket: $ticket) { ${PAYLOAD} } }`;
const LOGOUT = "mutation LogOut { logout { sessionsEnded } }";

/** As an account that exists. The guest that was signed in is left behind, with what it had. */
export const logIn = (credentials: Credentials): Promise<Session> =>
  changeSession(async () => storeTokens((await ask<{ login: AuthPayload }>(LOGIN, { credentials })).login));

/** Makes the guest an account, with the same user id; a new e-mail is registered on the way. null when that is done. */
export const createAccount = (credentials: Credentials): Promise<Conflict | null> =>
  changeSession(async () => {
    const answer = await askAsUser<{ linkIdentity: AuthPayload | Conflict }>(LINK, { credentials });
    if ("mergeTicket" in answer.linkIdentity) return answer.linkIdentity;
    storeTokens(answer.linkIdentity);
    return null;
  });

/** Makes the guest part of the account that the conflict was about. The guest's id leads to that from now on. */
export const mergeIntoAccount = ({ mergeTicket: ticket }: Conflict): Promise<Session> =>
  changeSession(async () =>
    storeTokens((await askAsUser<{ mergeUser: AuthPayload }>(MERGE, { ticket })).mergeUser),
  );

/** Ends the session, here and at the gateway. Without an answer from there, nothing has happened. */
export const logOut = (): Promise<void> =>
  changeSession(async () => {
    await askAsUser(LOGOUT, {}).catch((error: unknown) => {
      if (!isSessionOver(error)) throw error;
    });
    storeSession(null);
  });

export const dismissNotice = (): Promise<void> =>
  changeSession(async () => {
    const session = readSession();
    if (session) storeSession({ ...session, notice: null });
  });

/** Only under the lock. */
async function askAsUser<Data>(query: string, variables: object): Promise<Data> {
  const session = readSession();
  if (!session) throw notSignedIn();
  try {
    return await ask<Data>(query, variables, session.accessToken);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "UNAUTHENTICATED")) throw error;
    return ask<Data>(query, variables, (await renewLockedSession(session)).accessToken);
  }
}
