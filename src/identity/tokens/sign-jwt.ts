import { sign } from "node:crypto";
import type { SigningKeys } from "./signing-keys.ts";

/** A part of a JWT. */
const encodeJson = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Signs claims of one type with the key that signs now.
 * @param typ `JWT`, or the media type of what else is signed, so that nobody takes one for the other (RFC 8725 §3.11)
 */
export function createJwtSigner(
  signingKeys: Pick<SigningKeys, "current">,
  typ: string,
): (claims: object) => string {
  const headers = new Map<string, string>();
  return (claims) => {
    const { kid, privateKey } = signingKeys.current();
    const header = headers.get(kid) ?? encodeJson({ alg: "ES256", typ, kid });
    headers.set(kid, header);
    const input = `${header}.${encodeJson(claims)}`;
    // RFC 7518 §3.4 wants R and S side by side, not DER.
    const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  };
}
