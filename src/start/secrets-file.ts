/** The keys of a gateway on SQLite: read from files beside the database, or generated there with mode 0600. */
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
  /** Whether the admin key was generated just now: it is printed this once. */
  readonly isNewAdminKey: boolean;
}

/**
 * @param file the SQLite file; null for a temporary database, whose keys are not stored
 * @throws StartError when a key file exists and has no key
 */
export function resolveKeys(
  given: { masterKey: string | null; adminKey: string | null },
  file: string | null,
): Keys {
  const master =
    given.masterKey ?? findOrCreate(file && `${file}.master-key`, () => randomBytes(32).toString("hex")).key;
  if (given.adminKey) return { masterKey: master, adminKey: given.adminKey, isNewAdminKey: false };
  const admin = findOrCreate(file && `${file}.admin-key`, generateAdminKey);
  return { masterKey: master, adminKey: admin.key, isNewAdminKey: admin.isNew };
}

function findOrCreate(path: string | null, make: () => string): { key: string; isNew: boolean } {
  if (path === null) return { key: make(), isNew: true };
  mkdirSync(dirname(path), { recursive: true });
  const found = readKey(path);
  if (found !== null) return { key: found, isNew: false };
  const key = make();
  if (store(path, key)) return { key, isNew: true };
  const theirs = readKey(path);
  if (theirs === null) throw new StartError(`${path} was deleted while the gateway started. Start again.`);
  return { key: theirs, isNew: false };
}

/** @returns null when there is no file */
function readKey(path: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    restrictMode(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    const reason = code === "EISDIR" ? "it is a directory" : code;
    throw new StartError(`${path} cannot be read (${reason}). It must be a file that this user may read.`);
  }
  const key = decodeText(bytes)?.trim() ?? "";
  // A full disk or a power cut may leave an empty file, which must not be used as a key.
  if (/^\S{32,}$/.test(key)) return key;
  throw new StartError(
    `${path} ${bytes.length === 0 ? "is empty" : "does not contain a key"}. Restore it from your backup. Only if the key is not needed, as for a new database, delete the file and start again: a new key is generated.`,
  );
}

/** Copying may have made it readable by others. Fails silently if the file belongs to another user. */
function restrictMode(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o007) === 0) return;
  try {
    chmodSync(path, mode & 0o770);
  } catch {}
}

/**
 * Creates the file atomically, and syncs it before anything is encrypted with its key.
 * @returns false when another process created it first
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
    linkOrCopy(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** @throws Error EEXIST when the file exists */
function linkOrCopy(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    // Network shares and FAT file systems may have no hard links.
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}
