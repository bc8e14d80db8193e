import { PasserbyError } from "./errors.ts";

/** The token of an Authorization header (RFC 6750 §2.1). @returns null when there is no such header */
export function readBearer(header: string | undefined): string | null {
  if (header === undefined) return null;
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1];
  if (!token) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message: "The Authorization header must read `Bearer <token>`.",
    });
  }
  return token;
}
