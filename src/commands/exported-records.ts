/** Reading a file of exported records as it comes: an array, or one JSON object a line. It may be larger than memory. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { EJSON } from "bson";
import { PasserbyError } from "../errors.ts";

export interface ExportedRecord {
  /** Where it begins. */
  readonly line: number;
  /** Plain values; undefined when it is no JSON. */
  readonly value: unknown;
  /** How much of the file was read when it ended. */
  readonly bytes: number;
}

/** A user with more than this is none. */
const MAX_CHARACTERS = 4_000_000;

const fail = (message: string): never => {
  throw new PasserbyError("BAD_USER_INPUT", { message });
};

/** Texts of records, whichever of the two forms the file has. */
interface Splitter {
  add(chunk: string): { line: number; text: string }[];
  /** What is left at the end of the file. */
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
      if (first !== "[" && first !== "{") fail(`${file} is neither a JSON array nor one JSON object a line.`);
      splitter = first === "[" ? splitArray() : splitLines();
      for (const each of splitter.add(head.replace(/^\uFEFF/, ""))) yield read(each);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof PasserbyError) throw error;
    fail(`${file} cannot be read: ${code === "ENOENT" ? "there is no such file" : code}.`);
  }
  for (const each of splitter?.end() ?? []) yield read(each);
}

/** Extended JSON becomes plain values: dates ISO texts, ObjectIds hexadecimal ones. */
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

/** What may be outside of an array, and in it outside of records: else some would be passed over in silence. */
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
          fail(`Line ${line} has ${JSON.stringify(character)} where a user or the end should be.`);
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
    // Cut off: the last record is not whole.
    end: () => (depth > 0 ? [{ line: depth > 1 ? begun : line, text: rest }] : []),
  };
}
