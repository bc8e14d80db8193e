/** The claims of an access token (RFC 7519). Times are seconds since 1970. */
export interface AccessTokenClaims {
  /** `PUBLIC_URL` of the gateway. */
  readonly iss: string;
  /** The user's id. */
  readonly sub: string;
  /** `TOKEN_AUDIENCE` of the gateway. */
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  /** The session's id, which stays the same when the token is refreshed. */
  readonly sid: string;
  /** Whether the user was anonymous when the token was issued. */
  readonly is_anonymous: boolean;
  /** The provider of the login, such as `anon-user` or `local-userpass`. */
  readonly amr: readonly string[];
  /** When the session started. */
  readonly auth_time: number;
  /** Of a key-bound session: the thumbprint (RFC 7638) of the client's key. Then requests need proofs by it (DPoP). */
  readonly cnf?: { readonly jkt: string };
}

/** @returns null when a claim is missing or has another type: then it is not an access token, although the signature is valid */
export function readClaims(payload: Readonly<Record<string, unknown>>): AccessTokenClaims | null {
  const { iss, sub, aud, iat, exp, sid, is_anonymous, amr, auth_time, cnf } = payload;
  const isComplete =
    [iss, sub, sid].every((each) => typeof each === "string" && each !== "") &&
    [iat, exp, auth_time].every((each) => typeof each === "number") &&
    (typeof aud === "string" || Array.isArray(aud)) &&
    typeof is_anonymous === "boolean" &&
    Array.isArray(amr) &&
    (cnf === undefined || typeof (cnf as { jkt?: unknown } | null)?.jkt === "string");
  return isComplete ? (payload as unknown as AccessTokenClaims) : null;
}
