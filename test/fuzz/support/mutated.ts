/** Texts near good ones: a seed with pieces cut out, doubled, swapped or put in. fast-check shrinks a finding to few edits. */
import fc from "fast-check";

/** What parsers of all kinds stumble over. */
const awkward = [
  "",
  "\0",
  "\ufeff",
  "\ud800",
  "\u202e",
  "e\u0301",
  "İ",
  "\r\n",
  "\\",
  '"',
  "'",
  "`",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  ",",
  ":",
  "$",
  "@",
  "#",
  "...",
  "null",
  "true",
  "-1",
  "1e999",
  "9007199254740993",
  "-0",
  "0x10",
  "__proto__",
  "constructor",
  "%00",
  "%2e%2e",
  "../",
  "<script>",
  "' OR 1=1 --",
  "a".repeat(300),
  "é".repeat(300),
  "[".repeat(200),
  "{".repeat(200),
  "(".repeat(200),
];

type Edit = {
  readonly kind: "insert" | "cut" | "double" | "replace";
  readonly at: number;
  readonly length: number;
  readonly text: string;
};

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("insert", "cut", "double", "replace"),
  at: fc.nat(10_000),
  length: fc.oneof({ weight: 4, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(400) }),
  text: fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: "binary", maxLength: 12 })),
});

function apply(text: string, { kind, at, length, text: piece }: Edit): string {
  const start = text.length === 0 ? 0 : at % (text.length + 1);
  const end = Math.min(text.length, start + length);
  const [before, within, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  if (kind === "insert") return before + piece + within + after;
  if (kind === "cut") return before + after;
  return kind === "double" ? before + within + within + after : before + piece + after;
}

/** @param seeds good inputs; @param words more that this format gives a meaning */
export const mutated = (seeds: readonly string[], words: readonly string[] = []): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(
        words.length === 0
          ? edit
          : fc.oneof(
              edit,
              fc.tuple(edit, fc.constantFrom(...words)).map(([each, text]) => ({ ...each, text })),
            ),
        { maxLength: 6 },
      ),
    )
    .map(([seed, edits]) => edits.reduce(apply, seed));
