/** Bounds of a user's profile, which comes from tokens and endpoints and is returned to clients. */

type Profile = Readonly<Record<string, unknown>>;

/** Of the JSON in UTF-8; the same on both databases. */
export const MAX_PROFILE_BYTES = 65_536;
const MAX_PROFILE_FIELDS = 200;

/** Why a profile cannot be stored, or null. Its depth is bounded when it is parsed. */
export function profileProblem(profile: Profile): string | null {
  if (Object.keys(profile).length > MAX_PROFILE_FIELDS)
    return `the profile has more than ${MAX_PROFILE_FIELDS} fields`;
  return Buffer.byteLength(JSON.stringify(profile)) > MAX_PROFILE_BYTES
    ? `the profile has more than ${MAX_PROFILE_BYTES} bytes as JSON`
    : null;
}
