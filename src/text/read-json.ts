/** Parses untrusted JSON, bounded in depth before parsing. The caller bounds its length. */

/** Safe for code that walks JSON recursively, and deeper than any document that is needed. */
export const MAX_JSON_DEPTH = 64;

/** The text is not valid JSON, or nested too deep. The message quotes nothing of it, so a client may see it. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/**
 * Parses JSON. A byte order mark before it is ignored, as RFC 8259 §8.1 allows.
 * @throws JsonError
 */
export function parseJson(text: string, { maxDepth = MAX_JSON_DEPTH }: { maxDepth?: number } = {}): unknown {
  if (isDeeperThan(text, maxDepth)) throw new JsonError(`The JSON is nested deeper than ${maxDepth} levels.`);
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (cause) {
    throw new JsonError("The text is not valid JSON.", { cause });
  }
}

const BYTE_ORDER_MARK = 0xfeff;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Counts brackets outside of strings. The count may be wrong for invalid JSON, which fails when parsed. */
function isDeeperThan(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

/** The same bound for parsed values, such as the variables of an operation. Not recursive. */
export function isNestedDeeper(value: unknown, maxDepth = MAX_JSON_DEPTH): boolean {
  const waiting: [value: unknown, depth: number][] = [[value, 1]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [each, depth] = next;
    if (typeof each !== "object" || each === null) continue;
    if (depth > maxDepth) return true;
    for (const child of Object.values(each)) waiting.push([child, depth + 1]);
  }
  return false;
}
