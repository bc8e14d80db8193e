/** The environment of the gateway and the commands: variables of the process, then those of `.env` in the current folder. */
import { lstatSync, readFileSync, statSync } from "node:fs";
import { parseEnv } from "node:util";
import { decodeText } from "../text/decode-text.ts";
import { SettingsError } from "./settings.ts";
import { findSimilar } from "./similar-names.ts";
import { settingsTable } from "./table.ts";

const FILE = ".env";
const MAX_BYTES = 1_048_576;

/**
 * Adds the variables of `.env` to those of this process, which OpenTelemetry and others read too. A variable that is set
 * already is not replaced.
 * @param warn gets a sentence for each name that is probably misspelt
 * @throws SettingsError when `.env` exists and cannot be read: without it the gateway would start on a new, empty database
 *   with new keys
 */
export function readEnvironment(warn: (sentence: string) => void = () => {}): NodeJS.ProcessEnv {
  const text = readText();
  if (text === null) return process.env;
  const given = parseEnv(text);
  const names = Object.keys(settingsTable);
  const unread = names.filter((name) => !Object.hasOwn(given, name) && startsLine(text, name));
  if (unread.length > 0) {
    throw new SettingsError(unread.map((name) => `${name} in ${FILE} needs a = before its value`));
  }
  for (const name of Object.keys(given)) {
    const similar = Object.hasOwn(settingsTable, name) ? null : findSimilar(name, names);
    if (similar) warn(`${name} in ${FILE} is not a setting of Passerby. Did you mean ${similar}?`);
  }
  for (const [name, value] of Object.entries(given)) process.env[name] ??= value;
  return process.env;
}

/** The parser ignores lines such as `NAME: value` and `NAME value`. */
const startsLine = (text: string, name: string): boolean =>
  new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}(?![\\w-])`, "m").test(text);

/** @returns null when there is no `.env` */
function readText(): string | null {
  let bytes: Buffer;
  try {
    const { size } = statSync(FILE);
    if (size > MAX_BYTES) throw new SettingsError([`${FILE} is larger than 1 MiB, too large for settings`]);
    bytes = readFileSync(FILE);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !isDanglingLink()) return null;
    throw new SettingsError([`${FILE} ${whyUnread(code)}`]);
  }
  const text = decodeText(bytes);
  if (text === null) {
    throw new SettingsError([`${FILE} is not UTF-8 or UTF-16: save it as UTF-8`]);
  }
  return text.replace(/\r\n?/g, "\n");
}

/** A link to a missing file, for example on a volume that is not mounted. */
function isDanglingLink(): boolean {
  return lstatSync(FILE, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function whyUnread(code = "unknown error"): string {
  const reasons: Record<string, string> = {
    EACCES: "cannot be read by this user: change its owner or its mode, or start in another folder",
    EISDIR: "is a folder: rename it, or start in another folder",
    ENOENT: "is a link to a file that does not exist",
    ELOOP: "is a link to itself",
  };
  return reasons[code] ?? `cannot be read (${code})`;
}
