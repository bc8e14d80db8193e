/** Passwords as they are hashed and compared: the OpaqueString profile of RFC 8265 §4.2. */

/** Of characters once it is prepared. */
export const MAX_PASSWORD = 128;
/** A Hangul syllable is three code points in NFD, and none needs more than two UTF-16 units each. */
const MAX_INPUT = 4_096;

/**
 * Non-ASCII spaces become U+0020 and the text NFC, so that a password is the same from every keyboard and system. Case and
 * width are preserved: they distinguish passwords.
 * @returns null where the profile allows no such password: empty, or with a control character
 */
export function preparePassword(password: string): string | null {
  if (password.length > MAX_INPUT) return null;
  const prepared = password.replace(/\p{Zs}/gu, " ").normalize("NFC");
  return prepared === "" || /[\p{Cc}\p{Cs}]/u.test(prepared) ? null : prepared;
}

/** In characters, as users count them; what is far too long is not counted to its end. */
export const passwordLength = (password: string): number => [...password.slice(0, MAX_INPUT)].length;

/**
 * What a password that was typed may have been hashed as: prepared, and as it was typed, which is how it was hashed before
 * passwords were prepared.
 */
export function hashedForms(password: string): string[] {
  const prepared = preparePassword(password);
  const forms = prepared !== null && passwordLength(prepared) <= MAX_PASSWORD ? [prepared] : [];
  if (password !== prepared && password !== "" && password.length <= 2 * MAX_PASSWORD) forms.push(password);
  return forms;
}
