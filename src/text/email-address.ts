/**
 * Email addresses: the one function for every one that enters, so that a mailbox has one spelling here. Whether an address
 * may be registered is stricter, and the provider's to say.
 */
import { domainToASCII } from "node:url";

/** RFC 5321 §4.5.3.1.3, less the angle brackets (RFC Errata 1690). Counted in the canonical form. */
export const MAX_EMAIL_CHARACTERS = 254;
/** Nothing longer can become an address by normalisation. */
const MAX_INPUT = 2_000;

export interface EmailAddress {
  /** Without the spaces around it. */
  readonly typed: string;
  /** What is stored and compared: NFC, case folded, the domain as A-labels (RFC 5890 §2.3.2.1). */
  readonly canonical: string;
}

/** @returns null when it is blank, too long, or has a control character or half a surrogate pair */
export function readEmailAddress(text: string): EmailAddress | null {
  if (text.length > MAX_INPUT) return null;
  const typed = text.trim();
  const canonical = canonicalize(typed);
  const isUsable =
    canonical !== "" && canonical.length <= MAX_EMAIL_CHARACTERS && !/[\p{Cc}\p{Cs}]/u.test(typed);
  return isUsable ? { typed, canonical } : null;
}

/** `canonical` of `readEmailAddress`, or null as it gives it. */
export const canonicalEmail = (text: string): string | null => readEmailAddress(text)?.canonical ?? null;

/** As addresses were stored before they had a canonical form. */
const formerSpelling = (text: string): string => text.trim().normalize("NFC").toLowerCase();

/**
 * The spellings under which an address may be stored, the first that is found first: of two accounts that turned out to be
 * one mailbox, one has kept its former spelling.
 */
export function storedSpellings(text: string): string[] {
  const canonical = canonicalEmail(text);
  if (canonical === null) return [];
  const former = formerSpelling(text);
  return former === canonical ? [canonical] : [former, canonical];
}

/** What stored addresses begin with that were typed so; a domain that is not ASCII must be given in full. */
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

/** As A-labels; folded like any text where it is no domain name. */
function canonicalDomain(domain: string): string {
  if (ASCII.test(domain)) return domain.toLowerCase();
  // `domainToASCII` reads a host of a URL, in which other ASCII characters have a meaning.
  const isName = !/[^\u{80}-\u{10ffff}a-z0-9.-]/iu.test(domain);
  return (isName && domainToASCII(domain)) || foldCase(domain);
}

/**
 * Unicode's simple case folding (CaseFolding.txt, status C), so that whatever upper and lower case of a letter there are
 * fold to one, and folding twice changes nothing. NFC before and after it: lower case may compose anew.
 */
function foldCase(text: string): string {
  const folded = [...text.normalize("NFC")].map(foldCharacter).join("");
  // σ and ς are one letter; the one that is written at the end of a word is restored, as the mailbox spells it.
  return folded.normalize("NFC").replace(/(?<=\p{L}\p{M}*)σ(?!\p{M}*\p{L})/gu, "ς");
}

function foldCharacter(character: string): string {
  // Its upper case is that of i, but they are two letters.
  if (character === "ı") return character;
  const upper = character.toUpperCase();
  return ([...upper].length === 1 ? upper : character).toLowerCase();
}
