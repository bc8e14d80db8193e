import { PasserbyError } from "./errors.ts";

/**
 * The token of an Authorization header (RFC 6750 §2.1).
 * @returns null without a token: no header, a blank one, or `Bearer` alone, which clients without a token may send
 * @throws PasserbyError UNAUTHENTICATED for anything else
 */
export function readBearer(header: string | undefined): string | null {
  if (header === undefined || /^\s*(Bearer\s*)?$/i.test(header)) return null;
  const token = /^\s*Bearer +([\w.~+/=-]+)\s*$/i.exec(header)?.[1];
  if (!token) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message: "The Authorization header must read `Bearer <token>`.",
    });
  }
  return token;
}
