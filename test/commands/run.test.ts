/** Files that commands are given, as editors of every system save them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";
import { readJsonObject } from "../../src/commands/run.ts";

const folder = mkdtempSync(join(tmpdir(), "passerby-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (bytes: Buffer): string => {
  const file = join(folder, "settings.json");
  writeFileSync(file, bytes);
  return file;
};
const text = '{"displayName":"Ürsula"}';

it.each([
  ["UTF-8", Buffer.from(text)],
  ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
  ["UTF-16 LE with a byte order mark", Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16 BE with a byte order mark", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
])("%s is read", (_encoding, bytes) => {
  expect(readJsonObject(write(bytes))).toEqual({ displayName: "Ürsula" });
});

it.each([
  ["Latin-1", Buffer.from(text, "latin1"), "Save it as UTF-8"],
  ["a list", Buffer.from("[]"), "must be a JSON object"],
  [
    "JSON that is nested too deep",
    Buffer.from(`{"a":${"[".repeat(100)}${"]".repeat(100)}}`),
    "must be a JSON object",
  ],
  ["nothing", Buffer.alloc(0), "must be a JSON object"],
])("%s is rejected with a sentence", (_fact, bytes, sentence) => {
  expect(() => readJsonObject(write(bytes))).toThrow(sentence);
});
