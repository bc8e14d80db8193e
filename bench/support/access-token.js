/** Access tokens as the gateway's: the same claims, signed with ES256 by the same call. */
import { generateKeyPairSync, sign, verify } from "node:crypto";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const dsaEncoding = "ieee-p1363";
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
// A key id is a SHA-256 thumbprint, 43 characters.
const header = encode({ alg: "ES256", typ: "JWT", kid: "k".repeat(43) });

/** @param {string} userId @param {string} sessionId */
export function issueAccessToken(userId, sessionId) {
  const now = Math.floor(Date.now() / 1_000);
  const payload = encode({
    iss: "http://localhost:4000",
    sub: userId,
    aud: "http://localhost:4000",
    iat: now,
    exp: now + 1_800,
    sid: sessionId,
    is_anonymous: true,
    amr: ["anon-user"],
    auth_time: now,
  });
  const input = `${header}.${payload}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding });
  return `${input}.${signature.toString("base64url")}`;
}

/** @type {Map<string, string>} */
const verified = new Map();

/** @param {string} token @returns {string} the session; a token that was verified before is remembered */
export function readAccessToken(token) {
  const known = verified.get(token);
  if (known !== undefined) return known;
  const [head, payload, signature] = token.split(".");
  const key = { key: publicKey, dsaEncoding };
  if (!verify("sha256", Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url"))) {
    throw new Error("That signature is wrong.");
  }
  const { sid } = JSON.parse(Buffer.from(payload, "base64url").toString());
  verified.set(token, sid);
  return sid;
}
