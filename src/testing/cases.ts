/** Every kind of token that a verifier gets, and whether it must accept it. Each name is a fact. */
import { randomBytes, randomUUID } from "node:crypto";
import type { TestIssuer } from "./issuer.ts";
import { createKey, replaceClaims, replaceSignature, signEs256, signHs256, signNothing } from "./signing.ts";

export interface TokenCase {
  readonly name: string;
  readonly expected: "accepted" | "rejected";
  /** Only for verifiers that check revocation. */
  readonly needsRevocation?: true;
  readonly makeToken: MakeToken;
}

/** @param verify for cases in which the verifier gets another token first */
type MakeToken = (issuer: TestIssuer, verify: (token: string) => unknown) => string | Promise<string>;

const [MINUTE, HOUR] = [60, 3_600];
const P256_SIGNATURE_BYTES = 64;

const accepted: Record<string, MakeToken> = {
  "accepts a permanent user": (issuer) => issuer.issueToken(),
  "accepts an anonymous user": (issuer) => issuer.issueToken({ is_anonymous: true }),
  "accepts ids that are not UUIDs: imported users keep theirs": (issuer) =>
    issuer.issueToken({ sub: "6543210fedcba9876543210f" }),
  "accepts a token of the previous key while it is published": (issuer) => {
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

const rejected: Record<string, MakeToken> = {
  "rejects an expired token": (issuer) => issuer.issueToken(lived(issuer, -2 * HOUR)),
  "rejects a token that is not valid yet": (issuer) =>
    sign(issuer, { nbf: issuer.createClaims().iat + HOUR }),
  "rejects a token for another audience": (issuer) => issuer.issueToken({ aud: "https://other.example" }),
  "rejects a token of another issuer": (issuer) => issuer.issueToken({ iss: "https://other.example" }),
  "rejects a key that was never published": (issuer) => signEs256(createKey(), issuer.createClaims()),
  "rejects another key with the key id of a published one": (issuer) =>
    signEs256({ ...createKey(), kid: issuer.key.kid }, issuer.createClaims()),
  "rejects a retired key that is no longer published": (issuer) => {
    const token = issuer.issueToken();
    issuer.rotateKey();
    issuer.retireKeys();
    return token;
  },
  "rejects a key in the header of the token (jwk)": (issuer) => {
    const key = createKey();
    return signEs256(key, issuer.createClaims(), { jwk: key.publicJwk });
  },
  "rejects a token without signature (alg none)": (issuer) => signNothing(issuer.createClaims()),
  "rejects HS256 with the public key as its secret": (issuer) => signHs256(issuer.key, issuer.createClaims()),
  "rejects a signature of zeros": (issuer) =>
    replaceSignature(issuer.issueToken(), Buffer.alloc(P256_SIGNATURE_BYTES)),
  "rejects a random signature": (issuer) =>
    replaceSignature(issuer.issueToken(), randomBytes(P256_SIGNATURE_BYTES)),
  "rejects a token with the user (sub) replaced": (issuer) =>
    replaceClaims(issuer.issueToken(), { sub: randomUUID() }),
  "rejects a token that was changed from anonymous to permanent": (issuer) =>
    replaceClaims(issuer.issueToken({ is_anonymous: true }), { is_anonymous: false }),
  "rejects a token without user (sub)": (issuer) => sign(issuer, { sub: undefined }),
  "rejects a token without end (exp)": (issuer) => sign(issuer, { exp: undefined }),
  "rejects a token with an unknown critical header (crit)": (issuer) =>
    signEs256(issuer.key, issuer.createClaims(), { crit: ["passerby"], passerby: true }),
  "rejects a refresh token": (issuer) => issuer.issueRefreshToken(),
  "rejects a server API key": (issuer) => issuer.serviceKey,
  "rejects the list of revoked sessions, signed by the same key": (issuer) => issuer.signRevokedSessions(),
  "rejects an empty token": () => "",
  "rejects garbage": () => "garbage",
  "rejects garbage in three parts": () => "a.b.c",
  "rejects a huge token": (issuer) => `${issuer.issueToken()}${"A".repeat(100_000)}`,
};

const revocation: TokenCase[] = [
  {
    name: "rejects a token whose session has ended",
    expected: "rejected",
    needsRevocation: true,
    makeToken(issuer) {
      const sid = randomUUID();
      issuer.revokeSession(sid);
      return issuer.issueToken({ sid });
    },
  },
  {
    name: "rejects a former id: a guest who was merged into another user",
    expected: "rejected",
    needsRevocation: true,
    makeToken(issuer) {
      const guest = issuer.createClaims({ is_anonymous: true });
      issuer.revokeSession(guest.sid);
      return issuer.issueToken(guest);
    },
  },
  {
    name: "rejects a session of a user whose sessions have all ended, which the list has as one entry",
    expected: "rejected",
    needsRevocation: true,
    makeToken(issuer) {
      const claims = { ...issuer.createClaims(), ...lived(issuer, -MINUTE) };
      issuer.revokeSessionsOf(claims.sub, new Date((claims.auth_time + 1) * 1_000));
      return issuer.issueToken(claims);
    },
  },
  {
    name: "accepts a session that started after all others of its user ended, and sessions of other users",
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
    name: "accepts a session while others have ended",
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
  ...Object.entries(rejected).map(([name, makeToken]) => ({
    name,
    makeToken,
    expected: "rejected" as const,
  })),
  ...revocation,
];

const sign = (issuer: TestIssuer, change: object): string =>
  signEs256(issuer.key, { ...issuer.createClaims(), ...change });

/** Claims of a token that is issued some seconds from now. */
function lived(issuer: TestIssuer, seconds: number): { iat: number; exp: number; auth_time: number } {
  const { iat, exp } = issuer.createClaims();
  return { iat: iat + seconds, exp: exp + seconds, auth_time: iat + seconds };
}
