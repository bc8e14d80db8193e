/** Maps claims of a token to fields of the user's profile. */
import { z } from "zod";
import { splitPath } from "../../text/claim-path.ts";

const path = z.string().min(1).max(500);

/** The setting `profileClaims`. */
export const profileClaims = z
  .record(
    path,
    z
      .string()
      .min(1)
      .max(100)
      .refine((field) => field !== "__proto__", { error: "`__proto__` cannot be a field of a profile" }),
  )
  .default({})
  .meta({
    title: "Profile claims",
    description:
      "Which claims are stored as which fields of the user's profile. A dot separates the fields of a path, such as `user_data.name`; write `\\.` for a dot in a name.",
  });

/** The setting `requiredClaims`. */
export const requiredClaims = z.array(path).max(100).default([]).meta({
  title: "Required claims",
  description: "A token that lacks one of these claims is rejected. Paths are written as in `profileClaims`.",
});

type Claims = Readonly<Record<string, unknown>>;

/**
 * The value of a claim at a path, in the dot notation of MongoDB: field names, and indexes of arrays. A claim
 * whose name is the path as a whole is found too, such as `https://example.com/role`.
 * @returns undefined when there is none
 */
export function readClaim(claims: Claims, given: string): unknown {
  const found = splitPath(given).reduce<unknown>(step, claims);
  return found === undefined ? step(claims, given) : found;
}

/** Own fields only: inherited properties are not claims. */
function step(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(name)) return undefined;
  return (value as Claims)[name];
}

/** @returns null when the token has none of the claims */
export function readProfile(claims: Claims, wanted: Readonly<Record<string, string>>): Claims | null {
  const fields = Object.entries(wanted).flatMap(([given, field]) => {
    const value = readClaim(claims, given);
    return value === undefined ? [] : [[field, value] as const];
  });
  return fields.length > 0 ? Object.fromEntries(fields) : null;
}

/** The first required claim that the token has no value for; null when it has all. */
export const findMissingClaim = (claims: Claims, required: readonly string[]): string | null =>
  required.find((given) => (readClaim(claims, given) ?? null) === null) ?? null;
