import { describe, expect, it } from "@jest/globals";
import { JsonError, MAX_JSON_DEPTH, parseJson } from "../../src/text/read-json.ts";

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("JSON from outside", () => {
  it.each([
    ["an object", '{"a":[1,"]"]}', { a: [1, "]"] }],
    ["a byte order mark before it", '\ufeff{"a":1}', { a: 1 }],
    ["brackets within a string", JSON.stringify("[".repeat(1_000)), "[".repeat(1_000)],
    [
      "an escaped quote before brackets within a string",
      JSON.stringify(`"${"{".repeat(1_000)}`),
      `"${"{".repeat(1_000)}`,
    ],
    ["many siblings", `[${"[],".repeat(1_000)}[]]`, Array(1_001).fill([])],
  ])("%s is read", (_fact, text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it("as deep as is allowed is read, one level more is not", () => {
    expect(() => parseJson(nested(MAX_JSON_DEPTH))).not.toThrow();
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow(JsonError);
    expect(() => parseJson(nested(1_000_000))).toThrow("deeper than 64 levels");
    expect(() => parseJson("[[[]]]", { maxDepth: 2 })).toThrow(JsonError);
  });

  it.each(["", "{", "nothing", "\ufeff", "\ufeff\ufeff{}", '{"secret":tru}'])(
    "%j is rejected, and not quoted",
    (text) => {
      expect(() => parseJson(text)).toThrow(/^The text is not valid JSON\.$/);
    },
  );
});
