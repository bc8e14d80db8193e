/** Log in, create an account, merge, log out. Each function stores the resulting session or throws a GatewayError. */
import { GatewayError, request } from "./gateway.ts";
import {
  type AuthPayload,
  changeSession,
  isSessionEnded,
  notSignedIn,
  PAYLOAD,
  readSession,
  renewLockedSession,
  type Session,
  storeSession,
  storeTokens,
} from "./session.ts";

export type Credentials =
  | { readonly emailPassword: { readonly email: string; readonly password: string } }
  /** From passkeys.ts. */
  | { readonly passkey: { readonly response: object } }
  /** From an email: email-codes.ts. */
  | { readonly emailOtp: { readonly email: string; readonly code: string } | { readonly token: string } };

/** The credentials are valid, but belong to an existing account. */
export interface Conflict {
  readonly mergeTicket: string;
}

const LOGIN = `mutation LogIn($credentials: Credentials!) { login(credentials: $credentials) { ${PAYLOAD} } }`;
const LINK = `mutation Link($credentials: Credentials!) {
  linkIdentity(credentials: $credentials) { ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { mergeTicket } }
}`;
const MERGE = `mutation Merge($ticket: String!) { mergeUser(ticket: $ticket) { ${PAYLOAD} } }`;
const LOGOUT = "mutation LogOut { logout { sessionsEnded } }";

/** Logs in to an existing account. The guest's data stays with the guest. */
export const logIn = (credentials: Credentials): Promise<Session> =>
  changeSession(async () => {
    const result = await naming(credentials, request<{ login: AuthPayload }>(LOGIN, { credentials }));
    return storeTokens(result.login);
  });

/**
 * Makes the guest permanent, with the same user id, and registers an email that is new. A passkey of an account is a conflict
 * too.
 * @returns null on success; a conflict when the account exists
 */
export const createAccount = (credentials: Credentials): Promise<Conflict | null> =>
  changeSession(async () => {
    const link = requestAsUser<{ linkIdentity: AuthPayload | Conflict }>(LINK, { credentials });
    const result = await naming(credentials, link);
    if ("mergeTicket" in result.linkIdentity) return result.linkIdentity;
    storeTokens(result.linkIdentity);
    return null;
  });

/** Merges the guest into the account of the conflict. The guest's id becomes a former id of the account. */
export const mergeIntoAccount = ({ mergeTicket: ticket }: Conflict): Promise<Session> =>
  changeSession(async () =>
    storeTokens((await requestAsUser<{ mergeUser: AuthPayload }>(MERGE, { ticket })).mergeUser),
  );

/** Ends the session at the gateway and in this browser. Without a response, the session stays. */
export const logOut = (): Promise<void> =>
  changeSession(async () => {
    await requestAsUser(LOGOUT, {}).catch((error: unknown) => {
      if (!isSessionEnded(error)) throw error;
    });
    storeSession(null);
  });

export const dismissNotice = (): Promise<void> =>
  changeSession(async () => {
    const session = readSession();
    if (session) storeSession({ ...session, notice: null });
  });

/** Says in an error which credentials it is about. */
const naming = <Result>(credentials: Credentials, answer: Promise<Result>): Promise<Result> =>
  answer.catch((error: unknown) => {
    if (error instanceof GatewayError) error.credentials = Object.keys(credentials)[0] ?? null;
    throw error;
  });

/** Requires the lock. */
export async function requestAsUser<Data>(query: string, variables: object): Promise<Data> {
  const session = readSession();
  if (!session) throw notSignedIn();
  try {
    return await request<Data>(query, variables, session.accessToken);
  } catch (error) {
    if (!(error instanceof GatewayError && error.code === "UNAUTHENTICATED")) throw error;
    return request<Data>(query, variables, (await renewLockedSession(session)).accessToken);
  }
}
