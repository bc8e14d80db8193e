/**
 * Canonical email addresses. Every address from outside passes through here, so that a mailbox has one spelling. Which
 * addresses may register is stricter, and up to the provider.
 */
import { domainToASCII } from "node:url";

/** RFC 5321 §4.5.3.1.3, less the angle brackets (RFC Errata 1690). Counted in the canonical form. */
export const MAX_EMAIL_CHARACTERS = 254;
/** A longer text is not an address after normalisation either. */
const MAX_INPUT = 2_000;

export interface EmailAddress {
  /** As typed, trimmed. */
  readonly typed: string;
  /** What is stored and compared: NFC, case folded, the domain as A-labels (RFC 5890 §2.3.2.1). */
  readonly canonical: string;
}

/** @returns null when it is blank, too long, or has a control character or a lone surrogate */
export function readEmailAddress(text: string): EmailAddress | null {
  if (text.length > MAX_INPUT) return null;
  const typed = text.trim();
  const canonical = canonicalize(typed);
  const isUsable =
    canonical !== "" && canonical.length <= MAX_EMAIL_CHARACTERS && !/[\p{Cc}\p{Cs}]/u.test(typed);
  return isUsable ? { typed, canonical } : null;
}

/** `canonical` of `readEmailAddress`, or null. */
export const canonicalEmail = (text: string): string | null => readEmailAddress(text)?.canonical ?? null;

/** The spelling of addresses stored before canonical forms. */
const formerSpelling = (text: string): string => text.trim().normalize("NFC").toLowerCase();

/**
 * The spellings under which an address may be stored, in the order of lookup. If two accounts had the same canonical form
 * when it was introduced, one has its former spelling.
 */
export function storedSpellings(text: string): string[] {
  const canonical = canonicalEmail(text);
  if (canonical === null) return [];
  const former = formerSpelling(text);
  return former === canonical ? [canonical] : [former, canonical];
}

/** The canonical form of the beginning of an address, for prefix search; a non-ASCII domain must be complete. */
export const emailBeginning = (text: string): string =>
  canonicalize(
    text
      .slice(0, MAX_INPUT)
      .trim()
      .replace(/[\p{Cc}\p{Cs}]/gu, ""),
  );

const ASCII = /^\p{ASCII}*$/u;

function canonicalize(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const at = text.lastIndexOf("@");
  const [local, domain] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  return at < 0 ? foldCase(local) : `${foldCase(local)}@${canonicalDomain(domain)}`;
}

/** As A-labels; text that is not a domain name is case folded. */
function canonicalDomain(domain: string): string {
  if (ASCII.test(domain)) return domain.toLowerCase();
  // `domainToASCII` parses the host of a URL, where other ASCII characters have a meaning.
  const isName = !/[^\u{80}-\u{10ffff}a-z0-9.-]/iu.test(domain);
  return (isName && domainToASCII(domain)) || foldCase(domain);
}

/**
 * Unicode's simple case folding (CaseFolding.txt, status C): all cases of a letter fold to one, and folding is idempotent.
 * NFC before and after it, because lower case letters may compose again.
 */
function foldCase(text: string): string {
  const folded = [...text.normalize("NFC")].map(foldCharacter).join("");
  // σ and ς fold to one letter; the final form is restored at the end of words, as the mailbox is spelled.
  return folded.normalize("NFC").replace(/(?<=\p{L}\p{M}*)σ(?!\p{M}*\p{L})/gu, "ς");
}

function foldCharacter(character: string): string {
  // Its upper case is I, as that of i, but ı and i are different letters.
  if (character === "ı") return character;
  const upper = character.toUpperCase();
  return ([...upper].length === 1 ? upper : character).toLowerCase();
}
