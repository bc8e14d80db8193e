/** How much a user's profile may hold: it comes from tokens and endpoints, and goes into every answer that shows it. */

type Profile = Readonly<Record<string, unknown>>;

/** Of the profile as JSON in UTF-8; the same on every database. */
export const MAX_PROFILE_BYTES = 65_536;
const MAX_PROFILE_FIELDS = 200;

/** Why a profile cannot be stored, in words for whoever made it; null when it can. Its depth is bounded where it was read. */
export function profileProblem(profile: Profile): string | null {
  if (Object.keys(profile).length > MAX_PROFILE_FIELDS)
    return `the profile has more than ${MAX_PROFILE_FIELDS} fields`;
  return Buffer.byteLength(JSON.stringify(profile)) > MAX_PROFILE_BYTES
    ? `the profile has more than ${MAX_PROFILE_BYTES} bytes as JSON`
    : null;
}
