/** Splits the path of a nested claim: `a.b\.c` is `["a", "b.c"]`. */
export function splitPath(given: string): string[] {
  const segments = [""];
  for (const [token] of given.matchAll(/\\[.\\]|./gsu)) {
    if (token === ".") segments.push("");
    else segments[segments.length - 1] += token.length > 1 && token.startsWith("\\") ? token.slice(1) : token;
  }
  return segments;
}
