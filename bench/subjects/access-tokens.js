/** The tokens of the minimal server and of Apollo alone: the same claims, signature and refresh token as the gateway's. */
import { createHmac, generateKeyPairSync, randomBytes, sign, timingSafeEqual, verify } from "node:crypto";
import { parse as parseUuid, stringify as writeUuid } from "uuid";

const MAX_REMEMBERED = 10_000;
const TOKEN_SECONDS = 1_800;
const encode = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function createTokens() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = encode({ alg: "ES256", typ: "JWT", kid: "bench" });
  const refreshKey = randomBytes(32);
  /** The cache of verified tokens, as in the gateway. @type {Map<string, { userId: string, sessionId: string, expiresAtSeconds: number }>} */
  const verified = new Map();
  const authenticate = (/** @type {Uint8Array} */ body) =>
    createHmac("sha256", refreshKey).update(body).digest();

  return {
    /** ES256, RFC 7518 §3.4. */
    issue({ userId, sessionId, createdAt }) {
      const seconds = Math.floor(Date.now() / 1_000);
      const payload = encode({
        iss: "http://127.0.0.1:4000",
        sub: userId,
        aud: "passerby",
        iat: seconds,
        exp: seconds + TOKEN_SECONDS,
        sid: sessionId,
        is_anonymous: true,
        amr: ["anon-user"],
        auth_time: Math.floor(createdAt / 1_000),
      });
      const input = `${header}.${payload}`;
      const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${input}.${signature.toString("base64url")}`;
    },

    /** @returns the claims of a valid token; null otherwise */
    verify(/** @type {string} */ token) {
      const now = Date.now() / 1_000;
      const known = verified.get(token);
      if (known) return known.expiresAtSeconds > now ? known : null;
      const [head, payload, signature] = token.split(".");
      const isRight =
        head === header &&
        verify(
          "sha256",
          Buffer.from(`${head}.${payload}`),
          { key: publicKey, dsaEncoding: "ieee-p1363" },
          Buffer.from(signature, "base64url"),
        );
      if (!isRight) return null;
      const { sub, sid, exp } = JSON.parse(Buffer.from(payload, "base64url").toString());
      if (exp <= now) return null;
      const claims = { userId: sub, sessionId: sid, expiresAtSeconds: exp };
      if (verified.size >= MAX_REMEMBERED) verified.delete(verified.keys().next().value ?? "");
      verified.set(token, claims);
      return claims;
    },

    /** Session id, generation, HMAC-SHA256 of both. */
    deriveRefreshToken(/** @type {string} */ sessionId, /** @type {number} */ generation) {
      const body = Buffer.alloc(20);
      body.set(parseUuid(sessionId));
      body.writeUInt32BE(generation, 16);
      return `pbr_${Buffer.concat([body, authenticate(body)]).toString("base64url")}`;
    },

    readRefreshToken(/** @type {string} */ token) {
      const bytes = Buffer.from(token.slice(4), "base64url");
      if (bytes.length !== 52) return null;
      if (!timingSafeEqual(authenticate(bytes.subarray(0, 20)), bytes.subarray(20))) return null;
      return { sessionId: writeUuid(bytes.subarray(0, 16)), generation: bytes.readUInt32BE(16) };
    },
  };
}
