/** The operations of this package, and what they answer. */

/** What the gateway answers to a login, a refresh, a link or a merge. */
export interface AuthPayload {
  readonly user: { readonly id: string; readonly isAnonymous: boolean };
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string | null;
}

/** The credentials are right, and the identity belongs to another user. */
export interface IdentityConflict {
  readonly provider: string;
  readonly mergeTicket: string;
  readonly expiresAt: string;
}

/** Credentials of one provider: `Credentials` of the gateway's schema. */
export type Credentials =
  | { readonly emailPassword: { readonly email: string; readonly password: string } }
  | {
      readonly idToken: {
        readonly provider: string;
        readonly token: string;
        readonly nonce?: string | undefined;
      };
    }
  | { readonly jwt: { readonly token: string } }
  | { readonly emailOtp: { readonly email: string; readonly code: string } | { readonly token: string } }
  | { readonly passkey: { readonly response: object } }
  | { readonly emailOtp: { readonly email: string; readonly code: string } | { readonly token: string } }
  | { readonly function: { readonly payload: object } }
  | { readonly apiKey: { readonly key: string } }
  | Readonly<Record<string, object>>;

const PAYLOAD = "user { id isAnonymous } accessToken accessTokenExpiresAt refreshToken";
/** The selection set of a mutation that answers an `AuthPayload` or an `IdentityConflict`. */
export const RESULT = `{ ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { provider mergeTicket expiresAt } }`;

export const LOGIN_ANONYMOUS = `mutation LogInAnonymously($key: String, $proof: String) {
  result: loginAnonymous(idempotencyKey: $key, proofOfWork: $proof) { ${PAYLOAD} } }`;
export const REFRESH = `mutation Refresh($token: String) { result: refreshSession(refreshToken: $token) { ${PAYLOAD} } }`;
export const LOGIN = `mutation LogIn($credentials: Credentials!) { result: login(credentials: $credentials) { ${PAYLOAD} } }`;
export const LINK = `mutation Link($credentials: Credentials!) { result: linkIdentity(credentials: $credentials) ${RESULT} }`;
export const MERGE = `mutation Merge($ticket: String!) { result: mergeUser(ticket: $ticket) { ${PAYLOAD} } }`;
export const LOGOUT = "mutation LogOut($scope: LogoutScope!) { logout(scope: $scope) { sessionsEnded } }";
