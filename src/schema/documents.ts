/**
 * Parses and validates documents: length and nesting are bounded before parsing, new documents are processed one after the
 * other, and valid ones are cached with their syntax trees, up to a size.
 */
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import { PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";
import { Turns } from "./turns.ts";

/** Memory of a token: itself, its location, and its share of the node that it belongs to. Measured. */
const TOKEN_BYTES = 400;
/** How much is validated in one turn of the event loop: a few ordinary documents, or one crafted to be slow (60 ms). */
const CHARACTERS_PER_TURN = 2_000;

/** Apollo's `documentStore`. Sized by all of a document, because whitespace and comments are cached too. */
export class Documents {
  readonly #sources = new Set<string>();
  readonly #turns = new Turns(CHARACTERS_PER_TURN);
  readonly #stored = new LRUCache<string, DocumentNode>({
    maxSize: requestBudget.documentStoreBytes,
    maxEntrySize: requestBudget.storedDocumentBytes,
    sizeCalculation: sizeOf,
    noDisposeOnSet: true,
    dispose: (document) => this.#sources.delete(sourceOf(document)),
  });

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.#stored.get(key);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    this.#stored.set(key, document);
    if (this.#stored.has(key)) this.#sources.add(sourceOf(document));
  }

  async delete(key: string): Promise<boolean> {
    return this.#stored.delete(key);
  }

  /**
   * The checks before a document is parsed; null for a cached one.
   * @returns a promise that waits for a turn, because validation is synchronous and would delay other requests
   * @throws PasserbyError REQUEST_TOO_LARGE, BAD_USER_INPUT
   */
  admit(source: string): Promise<void> | null {
    if (this.#sources.has(source)) return null;
    requireShort(source);
    requireShallow(source);
    return this.#turns.take(source.length);
  }
}

const sourceOf = ({ loc }: DocumentNode): string => loc?.source.body ?? "";

/** Includes comments, which graphql-js does not count for its token limit. */
function sizeOf(document: DocumentNode): number {
  let tokens = 0;
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  return 2 * sourceOf(document).length + tokens * TOKEN_BYTES;
}

function requireShort(source: string): void {
  const { documentCharacters } = requestBudget;
  if (source.length <= documentCharacters) return;
  throw new PasserbyError("REQUEST_TOO_LARGE", {
    message: `The document has ${source.length} characters; at most ${documentCharacters} are allowed. Send values as variables.`,
  });
}

function requireShallow(source: string): void {
  const { documentNesting } = requestBudget;
  if (!isNestedDeeperThan(source, documentNesting)) return;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `The document is nested deeper than ${documentNesting} brackets.`,
  });
}

const code = (character: string): number => character.charCodeAt(0);
const [QUOTE, BACKSLASH, HASH, LINE_FEED, CARRIAGE_RETURN] = [34, 92, 35, 10, 13];
const opening = new Set(["{", "[", "("].map(code));
const closing = new Set(["}", "]", ")"].map(code));

/** Brackets outside of strings and comments. The count may be wrong for an invalid document, which fails when parsed. */
function isNestedDeeperThan(source: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    const character = source.charCodeAt(at);
    if (character === QUOTE) at = endOfString(source, at);
    else if (character === HASH) at = endOfLine(source, at);
    else if (opening.has(character)) {
      depth += 1;
      if (depth > most) return true;
    } else if (closing.has(character)) depth -= 1;
  }
  return false;
}

/** @returns the index of the closing quote; beyond the end if there is none */
function endOfString(source: string, start: number): number {
  if (source.startsWith('"""', start)) {
    let end = source.indexOf('"""', start + 3);
    while (end > 0 && source.charCodeAt(end - 1) === BACKSLASH) end = source.indexOf('"""', end + 3);
    return end < 0 ? source.length : end + 2;
  }
  for (let at = start + 1; at < source.length; at++) {
    const character = source.charCodeAt(at);
    if (character === BACKSLASH) at += 1;
    else if (character === QUOTE || character === LINE_FEED || character === CARRIAGE_RETURN) return at;
  }
  return source.length;
}

function endOfLine(source: string, start: number): number {
  for (let at = start; at < source.length; at++) {
    const character = source.charCodeAt(at);
    if (character === LINE_FEED || character === CARRIAGE_RETURN) return at;
  }
  return source.length;
}
