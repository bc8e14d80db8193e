/** Every kind of token that a verifier meets, and what it has to do with it. A name is a fact that then holds. */
import { randomBytes, randomUUID } from "node:crypto";
import type { TestIssuer } from "./issuer.ts";
import { createKey, replaceClaims, replaceSignature, signEs256, signHs256, signNothing } from "./signing.ts";

export interface TokenCase {
  readonly name: string;
  readonly expected: "accepted" | "refused";
  /** Only for verifiers that learn which sessions ended. */
  readonly needsRevocation?: true;
  readonly makeToken: MakeToken;
}

/** @param verify for cases in which the verifier has seen another token before */
type MakeToken = (issuer: TestIssuer, verify: (token: string) => unknown) => string | Promise<string>;

const [MINUTE, HOUR] = [60, 3_600];
const P256_SIGNATURE_BYTES = 64;

const accepted: Record<string, MakeToken> = {
  "accepts a known user": (issuer) => issuer.issueToken(),
  "accepts an anonymous user": (issuer) => issuer.issueToken({ is_anonymous: true }),
  "accepts ids that are no UUIDs: imported users keep theirs": (issuer) =>
    issuer.issueToken({ sub: "6543210fedcba9876543210f" }),
  "accepts a token of the key before, while that is published": (issuer) => {
    const token = issuer.issueToken();
    issuer.rotateKey();
    return token;
  },
  "accepts the next key, which was published before it signed": async (issuer, verify) => {
    issuer.publishNextKey();
    await verify(issuer.issueToken());
    issuer.rotateKey();
    return issuer.issueToken();
  },
};

const refused: Record<string, MakeToken> = {
  "refuses an expired token": (issuer) => issuer.issueToken(lived(issuer, -2 * HOUR)),
  "refuses a token that is not valid yet": (issuer) =>
    sign(issuer, { nbf: issuer.createClaims().iat + HOUR }),
  "refuses a token for another audience": (issuer) => issuer.issueToken({ aud: "https://other.example" }),
  "refuses a token of another issuer": (issuer) => issuer.issueToken({ iss: "https://other.example" }),
  "refuses a key that was never published": (issuer) => signEs256(createKey(), issuer.createClaims()),
  "refuses a key of somebody else under the name of a published one": (issuer) =>
    signEs256({ ...createKey(), kid: issuer.key.kid }, issuer.createClaims()),
  "refuses a retired key that is no longer published": (issuer) => {
    const token = issuer.issueToken();
    issuer.rotateKey();
    issuer.retireKeys();
    return token;
  },
  "refuses a key that the token brings along": (issuer) => {
    const key = createKey();
    return signEs256(key, issuer.createClaims(), { jwk: key.publicJwk });
  },
  "refuses a token without signature (alg none)": (issuer) => signNothing(issuer.createClaims()),
  "refuses HS256 with the public key as its secret": (issuer) => signHs256(issuer.key, issuer.createClaims()),
  "refuses a signature of zeros": (issuer) =>
    replaceSignature(issuer.issueToken(), Buffer.alloc(P256_SIGNATURE_BYTES)),
  "refuses a random signature": (issuer) =>
    replaceSignature(issuer.issueToken(), randomBytes(P256_SIGNATURE_BYTES)),
  "refuses a token that was changed into another user's": (issuer) =>
    replaceClaims(issuer.issueToken(), { sub: randomUUID() }),
  "refuses a token that was changed from anonymous to known": (issuer) =>
    replaceClaims(issuer.issueToken({ is_anonymous: true }), { is_anonymous: false }),
  "refuses a token without user (sub)": (issuer) => sign(issuer, { sub: undefined }),
  "refuses a token without end (exp)": (issuer) => sign(issuer, { exp: undefined }),
  "refuses a token that demands what nobody understands (crit)": (issuer) =>
    signEs256(issuer.key, issuer.createClaims(), { crit: ["passerby"], passerby: true }),
  "refuses a refresh token": (issuer) => issuer.issueRefreshToken(),
  "refuses a server API key": (issuer) => issuer.serviceKey,
  "refuses the list of revoked sessions, signed by the same key": (issuer) => issuer.signRevokedSessions(),
  "refuses an empty token": () => "",
  "refuses garbage": () => "garbage",
  "refuses garbage in three parts": () => "a.b.c",
  "refuses a huge token": (issuer) => `${issuer.issueToken()}${"A".repeat(100_000)}`,
};

const revocation: TokenCase[] = [
  {
    name: "refuses a token whose session has ended",
    expected: "refused",
    needsRevocation: true,
    makeToken(issuer) {
      const sid = randomUUID();
      issuer.revokeSession(sid);
      return issuer.issueToken({ sid });
    },
  },
  {
    name: "refuses a former id: a guest who was merged into another user",
    expected: "refused",
    needsRevocation: true,
    makeToken(issuer) {
      const guest = issuer.createClaims({ is_anonymous: true });
      issuer.revokeSession(guest.sid);
      return issuer.issueToken(guest);
    },
  },
  {
    name: "refuses a session that began before all of its user's ended, which the list says in one entry",
    expected: "refused",
    needsRevocation: true,
    makeToken(issuer) {
      const claims = { ...issuer.createClaims(), ...lived(issuer, -MINUTE) };
      issuer.revokeSessionsOf(claims.sub, new Date((claims.auth_time + 1) * 1_000));
      return issuer.issueToken(claims);
    },
  },
  {
    name: "accepts a session that began when all others of its user had ended, and those of other users",
    expected: "accepted",
    needsRevocation: true,
    makeToken(issuer) {
      const claims = issuer.createClaims();
      issuer.revokeSessionsOf(claims.sub, new Date(claims.auth_time * 1_000));
      issuer.revokeSessionsOf(randomUUID(), new Date((claims.auth_time + HOUR) * 1_000));
      return issuer.issueToken(claims);
    },
  },
  {
    name: "accepts a session that goes on while others have ended",
    expected: "accepted",
    needsRevocation: true,
    makeToken(issuer) {
      issuer.revokeSession(randomUUID());
      return issuer.issueToken();
    },
  },
];

export const tokenCases: readonly TokenCase[] = [
  ...Object.entries(accepted).map(([name, makeToken]) => ({
    name,
    makeToken,
    expected: "accepted" as const,
  })),
  ...Object.entries(refused).map(([name, makeToken]) => ({ name, makeToken, expected: "refused" as const })),
  ...revocation,
];

const sign = (issuer: TestIssuer, change: object): string =>
  signEs256(issuer.key, { ...issuer.createClaims(), ...change });

/** Claims of a token that was made some seconds from now. */
function lived(issuer: TestIssuer, seconds: number): { iat: number; exp: number; auth_time: number } {
  const { iat, exp } = issuer.createClaims();
  return { iat: iat + seconds, exp: exp + seconds, auth_time: iat + seconds };
}
