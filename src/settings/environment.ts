/** What the gateway and the commands are told: the environment, and `.env` in the current folder where that is silent. */
import { lstatSync, readFileSync, statSync } from "node:fs";
import { parseEnv } from "node:util";
import { decodeText } from "../text/decode-text.ts";
import { SettingsError, settingsTable } from "./settings.ts";
import { findSimilar } from "./similar-names.ts";

const FILE = ".env";
const MAX_BYTES = 1_048_576;

/**
 * Adds what `.env` says to the environment of this process, where others such as OpenTelemetry read it too.
 * @param warn is told of names that are probably misspelt
 * @throws SettingsError when there is a `.env` that cannot be read: without it the gateway would start on another,
 *   empty database with keys of its own
 */
export function readEnvironment(warn: (sentence: string) => void = () => {}): NodeJS.ProcessEnv {
  const text = readText();
  if (text === null) return process.env;
  const given = parseEnv(text);
  const names = Object.keys(settingsTable);
  const unread = names.filter((name) => !Object.hasOwn(given, name) && startsLine(text, name));
  if (unread.length > 0) {
    throw new SettingsError(unread.map((name) => `${name} in ${FILE} has no = before its value`));
  }
  for (const name of Object.keys(given)) {
    const similar = Object.hasOwn(settingsTable, name) ? null : findSimilar(name, names);
    if (similar) warn(`${name} in ${FILE} is no setting of the gateway. Is it ${similar}?`);
  }
  for (const [name, value] of Object.entries(given)) process.env[name] ??= value;
  return process.env;
}

/** `NAME: value` and `NAME value` are lines that the parser leaves out. */
const startsLine = (text: string, name: string): boolean =>
  new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}(?![\\w-])`, "m").test(text);

/** @returns null when there is no `.env` */
function readText(): string | null {
  let bytes: Buffer;
  try {
    const { size } = statSync(FILE);
    if (size > MAX_BYTES)
      throw new SettingsError([`${FILE} is larger than 1 MiB: it is no file of settings`]);
    bytes = readFileSync(FILE);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !isDanglingLink()) return null;
    throw new SettingsError([`${FILE} ${whyUnread(code)}`]);
  }
  const text = decodeText(bytes);
  if (text === null) {
    throw new SettingsError([`${FILE} is in an encoding that cannot be read: save it as UTF-8`]);
  }
  return text.replace(/\r\n?/g, "\n");
}

/** A link to a file that is gone, such as one on a volume that is not mounted. */
function isDanglingLink(): boolean {
  return lstatSync(FILE, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function whyUnread(code = "unknown error"): string {
  const reasons: Record<string, string> = {
    EACCES: "cannot be read by this user: change its owner or its mode, or start in another folder",
    EISDIR: "is a folder: rename it, or start in another folder",
    ENOENT: "is a link to a file that is not there",
    ELOOP: "is a link to itself",
  };
  return reasons[code] ?? `cannot be read (${code})`;
}
