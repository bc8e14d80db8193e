/** Prepares passwords for hashing and comparison: the OpaqueString profile of RFC 8265 §4.2. */

/** Maximum length in characters, after preparation. */
export const MAX_PASSWORD = 128;
/** A Hangul syllable is three code points in NFD, and none needs more than two UTF-16 units each. */
const MAX_INPUT = 4_096;

/**
 * Non-ASCII spaces become U+0020, and the text is normalized to NFC, so that a password is the same from every keyboard and system. Case and
 * width are preserved.
 * @returns null if the profile does not allow it: empty, or with a control character
 */
export function preparePassword(password: string): string | null {
  if (password.length > MAX_INPUT) return null;
  const prepared = password.replace(/\p{Zs}/gu, " ").normalize("NFC");
  return prepared === "" || /[\p{Cc}\p{Cs}]/u.test(prepared) ? null : prepared;
}

/** In characters (code points); a text that is far too long is not counted to its end. */
export const passwordLength = (password: string): number => [...password.slice(0, MAX_INPUT)].length;

/**
 * The forms in which a typed password may have been hashed: prepared, and as typed, which is how it was hashed before
 * passwords were prepared.
 */
export function hashedForms(password: string): string[] {
  const prepared = preparePassword(password);
  const forms = prepared !== null && passwordLength(prepared) <= MAX_PASSWORD ? [prepared] : [];
  if (password !== prepared && password !== "" && password.length <= 2 * MAX_PASSWORD) forms.push(password);
  return forms;
}
