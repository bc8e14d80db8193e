/** Reads exported records as a stream, because the file may be larger than memory: a JSON array, or one JSON object per line. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { EJSON } from "bson";
import { PasserbyError } from "../errors.ts";

export interface ExportedRecord {
  /** Its first line. */
  readonly line: number;
  /** Plain values; undefined when it is not valid JSON. */
  readonly value: unknown;
  /** How much of the file was read at its end. */
  readonly bytes: number;
}

/** A longer record is an error. */
const MAX_CHARACTERS = 4_000_000;

const fail = (message: string): never => {
  throw new PasserbyError("BAD_USER_INPUT", { message });
};

/** Splits a file of either form into the texts of its records. */
interface Splitter {
  add(chunk: string): { line: number; text: string }[];
  /** The rest at the end of the file. */
  end(): { line: number; text: string }[];
}

/** @param file a path, or - for standard input */
export async function* readRecords(file: string): AsyncGenerator<ExportedRecord> {
  const stream: Readable = file === "-" ? process.stdin : createReadStream(file);
  let bytes = 0;
  stream.setEncoding("utf8");
  let splitter: Splitter | null = null;
  let head = "";
  const read = ({ line, text }: { line: number; text: string }): ExportedRecord => ({
    line,
    value: parse(text),
    bytes,
  });
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      bytes += Buffer.byteLength(chunk);
      if (splitter) {
        for (const each of splitter.add(chunk)) yield read(each);
        continue;
      }
      head += chunk;
      const first = head.replace(/^\uFEFF/, "").trimStart()[0];
      if (first === undefined) continue;
      if (first !== "[" && first !== "{")
        fail(`${file} is neither a JSON array nor one JSON object per line.`);
      splitter = first === "[" ? splitArray() : splitLines();
      for (const each of splitter.add(head.replace(/^\uFEFF/, ""))) yield read(each);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof PasserbyError) throw error;
    fail(`${file} cannot be read: ${code === "ENOENT" ? "the file does not exist" : code}.`);
  }
  for (const each of splitter?.end() ?? []) yield read(each);
}

/** Extended JSON becomes plain values: dates become ISO strings, ObjectIds hexadecimal strings. */
function parse(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(EJSON.parse(text, { relaxed: true })));
  } catch {
    return undefined;
  }
}

function splitLines(): Splitter {
  let [rest, line] = ["", 0];
  const take = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      line += 1;
      return text.trim() === "" ? [] : [{ line, text }];
    });
  return {
    add(chunk) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_CHARACTERS) fail(`Line ${line + lines.length + 1} is too long for a user.`);
      return take(lines);
    },
    end: () => take([rest]),
  };
}

/** The characters allowed before an array, and in it between records. Others are errors, so that no record is skipped silently. */
const between = [/[\s[]/, /[\s,[\]{]/];
const [QUOTE, BACKSLASH, NEWLINE] = ['"', "\\", "\n"];

function splitArray(): Splitter {
  let [depth, line, begun] = [0, 1, 1];
  let [inText, isEscaped] = [false, false];
  let rest = "";
  return {
    add(chunk) {
      const found: { line: number; text: string }[] = [];
      let from = depth > 1 ? 0 : -1;
      for (let at = 0; at < chunk.length; at++) {
        const character = chunk[at];
        if (character === NEWLINE) line += 1;
        if (inText) {
          if (isEscaped) isEscaped = false;
          else if (character === BACKSLASH) isEscaped = true;
          else if (character === QUOTE) inText = false;
        } else if (depth <= 1 && !between[depth]?.test(String(character))) {
          fail(
            `Line ${line} has ${JSON.stringify(character)} where a record or the end of the array is expected.`,
          );
        } else if (character === QUOTE) inText = true;
        else if (character === "{" || character === "[") {
          if (depth === 1) [from, begun] = [at, line];
          depth += 1;
        } else if (character === "}" || character === "]") {
          depth -= 1;
          if (depth === 1) {
            found.push({ line: begun, text: rest + chunk.slice(from, at + 1) });
            [rest, from] = ["", -1];
          }
        }
      }
      if (from >= 0) rest += chunk.slice(from);
      if (rest.length > MAX_CHARACTERS) fail(`The record at line ${begun} is too long for a user.`);
      return found;
    },
    // A truncated file: the last record is incomplete.
    end: () => (depth > 0 ? [{ line: depth > 1 ? begun : line, text: rest }] : []),
  };
}
