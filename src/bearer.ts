import { PasserbyError } from "./errors.ts";

/** The token of an Authorization header, and its scheme. */
export interface Authorization {
  readonly scheme: "Bearer" | "DPoP";
  readonly token: string;
}

/**
 * An Authorization header (RFC 6750 §2.1, RFC 9449 §7.1).
 * @returns null without a token: no header, a blank one, or a scheme alone, which clients without a token may send
 * @throws PasserbyError UNAUTHENTICATED for anything else
 */
export function readAuthorization(header: string | undefined): Authorization | null {
  if (header === undefined || /^\s*((Bearer|DPoP)\s*)?$/i.test(header)) return null;
  const [, scheme = "", token] = /^\s*(Bearer|DPoP) +([\w.~+/=-]+)\s*$/i.exec(header) ?? [];
  if (!token) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message: "The Authorization header must read `Bearer <token>`.",
    });
  }
  return { scheme: scheme.toLowerCase() === "dpop" ? "DPoP" : "Bearer", token };
}

/** The token of an Authorization header where only Bearer is accepted; otherwise as `readAuthorization`. */
export function readBearer(header: string | undefined): string | null {
  const authorization = readAuthorization(header);
  if (authorization?.scheme !== "DPoP") return authorization?.token ?? null;
  throw new PasserbyError("UNAUTHENTICATED", {
    message: "The Authorization header must read `Bearer <token>`.",
  });
}
