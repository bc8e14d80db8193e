/** The keys that a gateway on SQLite makes for itself: found, or made, beside the database with mode 0600. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { generateAdminKey } from "./identity/admin-keys.ts";

export interface Keys {
  readonly masterKey: string;
  readonly adminKey: string;
  /** Set when the admin key was made just now: it is printed this once. */
  readonly isNewAdminKey: boolean;
}

/**
 * @param file the SQLite file; null for a throw-away database, whose keys are kept nowhere
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
  try {
    // Of two processes that start at once, one makes the file and the other reads it.
    const key = make();
    writeFileSync(path, `${key}\n`, { mode: 0o600, flag: "wx" });
    chmodSync(path, 0o600);
    return { key, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { key: readFileSync(path, "utf8").trim(), isNew: false };
  }
}
