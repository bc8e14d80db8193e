import { sign } from "node:crypto";
import type { SigningKeys } from "./signing-keys.ts";

/** Encodes one part of a JWT. */
const encodeJson = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Signs claims of one type with the current signing key.
 * @param typ `JWT` or a media type of its own, so that one kind of JWT cannot be used as another (RFC 8725 §3.11)
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
    // RFC 7518 §3.4 requires R and S concatenated, not DER.
    const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  };
}
