/** A database that cannot be served is a start error, in a sentence that names the fix. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { openDatabase } from "../../src/database/database.ts";
import { execute } from "../../src/database/sql.ts";

const isRoot = process.getuid?.() === 0;
/** Modes do not bind root, so the gateway then runs as another user. */
const UNPRIVILEGED = 65_534;
const unprivileged = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "passerby-start-"));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

const run = (script: string, args: string[], file: string, identity: { uid?: number; gid?: number } = {}) =>
  spawnSync(process.execPath, [script, ...args], {
    env: { PATH: String(process.env.PATH), PORT: "0", LOG_LEVEL: "warn", DATABASE_URL: `sqlite:${file}` },
    encoding: "utf8",
    timeout: 20_000,
    ...identity,
  });
const migrated = (): string => {
  const file = join(folder, "passerby.sqlite");
  expect(run("dist/cli.js", ["migrate"], file).status).toBe(0);
  return file;
};
function rejection(file: string, identity = {}): string {
  const { status, stderr } = run("dist/main.js", [], file, identity);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(status).toBe(1);
  return stderr;
}

it("does not start on a file that its user may only read, and leaves it as it is", () => {
  const file = migrated();
  for (const name of [file, `${file}.master-key`, `${file}.admin-key`]) {
    if (isRoot) chownSync(name, UNPRIVILEGED, UNPRIVILEGED);
    chmodSync(name, 0o400);
  }
  const before = readFileSync(file);
  chmodSync(folder, 0o555);
  expect(rejection(file, unprivileged)).toMatch(/read-only. Make it and its folder writable/);
  expect(readFileSync(file).equals(before)).toBe(true);
});

it("does not start where it may not make a file", () => {
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o555 });
  expect(rejection(join(closed, "passerby.sqlite"), unprivileged)).toMatch(
    /Permission denied: .*Make the file and its folder writable/,
  );
});

it("does not start on a file that is no database, and leaves it as it is", () => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, "These are notes, and longer than the header of a database is.".repeat(20));
  expect(rejection(file)).toMatch(/not a SQLite database. Set DATABASE_URL to another file/);
  expect(readFileSync(file, "utf8")).toMatch(/^These are notes/);
});

it("does not start on the database of a newer program", async () => {
  const file = migrated();
  const database = await openDatabase({ url: `sqlite:${file}` });
  await database.writes.transaction((manager) =>
    execute(manager, "INSERT INTO migrations (timestamp, name) VALUES (?, ?)", [
      9_999_999_999_999,
      "FromTheFuture",
    ]),
  );
  await database.close();
  expect(rejection(file)).toMatch(
    /migrated by a newer version of Passerby \(FromTheFuture\)\. Start that version/,
  );
});
