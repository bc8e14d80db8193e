/** The keys that a gateway on SQLite makes for itself: found, or made, beside the database with mode 0600. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { generateAdminKey } from "../operators/admin-keys.ts";
import { decodeText } from "../text/decode-text.ts";
import { StartError } from "./start-error.ts";

export interface Keys {
  readonly masterKey: string;
  readonly adminKey: string;
  /** Set when the admin key was made just now: it is told this once. */
  readonly isNewAdminKey: boolean;
}

/**
 * @param file the SQLite file; null for a throw-away database, whose keys are kept nowhere
 * @throws StartError when a file is there and holds no key
 */
export function resolveKeys(
  given: { masterKey: string | null; adminKey: string | null },
  file: string | null,
): Keys {
  const master =
    given.masterKey ?? findOrMake(file && `${file}.master-key`, () => randomBytes(32).toString("hex")).key;
  if (given.adminKey) return { masterKey: master, adminKey: given.adminKey, isNewAdminKey: false };
  const admin = findOrMake(file && `${file}.admin-key`, generateAdminKey);
  return { masterKey: master, adminKey: admin.key, isNewAdminKey: admin.isNew };
}

function findOrMake(path: string | null, make: () => string): { key: string; isNew: boolean } {
  if (path === null) return { key: make(), isNew: true };
  mkdirSync(dirname(path), { recursive: true });
  const found = readKey(path);
  if (found !== null) return { key: found, isNew: false };
  const key = make();
  if (store(path, key)) return { key, isNew: true };
  const theirs = readKey(path);
  if (theirs === null) throw new StartError(`${path} comes and goes. Start again.`);
  return { key: theirs, isNew: false };
}

/** @returns null when there is no file */
function readKey(path: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    hideFromOthers(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    const reason = code === "EISDIR" ? "it is a folder" : code;
    throw new StartError(`${path} cannot be read (${reason}). Make it a file that this user may read.`);
  }
  const key = decodeText(bytes)?.trim() ?? "";
  // Also what a full disk or a power cut left. To go on with it would encrypt everything with a key of no letters.
  if (/^\S{32,}$/.test(key)) return key;
  throw new StartError(
    `${path} ${bytes.length === 0 ? "is empty" : "does not hold a key"}. Put it back from your copy. Only where nothing needs its key, such as in a new database, delete the file and start again: another key is made.`,
  );
}

/** A copy or a backup may have widened its mode. Where it belongs to another user, that user decides. */
function hideFromOthers(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o007) === 0) return;
  try {
    chmodSync(path, mode & 0o770);
  } catch {}
}

/**
 * Makes the file whole or not at all, and on the disk before anything is encrypted with its key.
 * @returns false when another process made it meanwhile
 */
function store(path: string, key: string): boolean {
  const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, `${key}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    chmodSync(draft, 0o600);
    nameOnce(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** @throws Error EEXIST when there is such a file already */
function nameOnce(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    // Shares and memory cards may know no second name for a file.
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}
