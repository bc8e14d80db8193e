/** The key files beside a SQLite database: whole, hidden, and never replaced by a key of no letters. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { isPlausible } from "../../src/clock.ts";
import { isOldNode } from "../../src/start/node-version.ts";
import { resolveKeys } from "../../src/start/secrets-file.ts";
import { endProcesses, newFolder, rejectionOf } from "../support/process.ts";

afterEach(endProcesses);

const none = { masterKey: null, adminKey: null };

it("are made once, with mode 0600, and nothing else is left beside them", () => {
  const file = join(newFolder(), "data", "x.sqlite");
  const first = resolveKeys(none, file);
  expect(first).toMatchObject({ isNewAdminKey: true, masterKey: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(resolveKeys(none, file)).toEqual({ ...first, isNewAdminKey: false });
  expect(readdirSync(join(file, "..")).sort()).toEqual(["x.sqlite.admin-key", "x.sqlite.master-key"]);
  for (const name of ["admin", "master"]) expect(statSync(`${file}.${name}-key`).mode & 0o777).toBe(0o600);
});

it("that every user may read are hidden from them, and group rights are left as they are", () => {
  const file = join(newFolder(), "x.sqlite");
  const keys = resolveKeys(none, file);
  chmodSync(`${file}.master-key`, 0o644);
  chmodSync(`${file}.admin-key`, 0o640);
  expect(resolveKeys(none, file)).toEqual({ ...keys, isNewAdminKey: false });
  expect(statSync(`${file}.master-key`).mode & 0o777).toBe(0o640);
  expect(statSync(`${file}.admin-key`).mode & 0o777).toBe(0o640);
});

it("saved again by an editor, with a byte order mark or in UTF-16, hold the same key", () => {
  const file = join(newFolder(), "x.sqlite");
  const keys = resolveKeys(none, file);
  writeFileSync(`${file}.master-key`, `\ufeff${keys.masterKey}\r\n`);
  writeFileSync(`${file}.admin-key`, Buffer.from(`\ufeff${keys.adminKey}\r\n`, "utf16le"));
  expect(resolveKeys(none, file)).toEqual({ ...keys, isNewAdminKey: false });
});

it.each([
  ["is empty", ""],
  ["does not contain a key", "\n \n"],
  ["does not contain a key", "short\n"],
  ["does not contain a key", `${"k".repeat(40)}\n${"k".repeat(40)}\n`],
])("one that %s does not start, and is left as it is", (reason, content) => {
  const folder = newFolder();
  const file = join(folder, "x.sqlite");
  for (const name of ["master-key", "admin-key"]) {
    const path = `${file}.${name}`;
    writeFileSync(path, content);
    expect(() => resolveKeys(none, file)).toThrow(`${path} ${reason}. Restore it from your backup.`);
    expect(readFileSync(path, "utf8")).toBe(content);
    writeFileSync(path, "k".repeat(64));
  }
  writeFileSync(`${file}.master-key`, content);
  expect(rejectionOf({ DATABASE_URL: `sqlite:${file}` })).toContain(`x.sqlite.master-key ${reason}`);
});

it("a folder in the place of one is rejected in a sentence", () => {
  const file = join(newFolder(), "x.sqlite");
  mkdirSync(`${file}.master-key`);
  expect(rejectionOf({ DATABASE_URL: `sqlite:${file}` })).toMatch(
    /master-key cannot be read \(it is a directory\)/,
  );
});

it.each([
  ["v18.20.8", true],
  ["v20.18.3", true],
  ["v20.19.0", false],
  ["v22.1.0", false],
  ["v24.0.0-nightly", false],
])("Node.js %s is too old: %s", (version, isOld) => expect(isOldNode(version)).toBe(isOld));

it.each([
  ["1970-01-01T00:03:00Z", false],
  ["2024-12-31T23:59:59Z", false],
  ["2026-11-26T00:00:00Z", true],
  ["2040-01-01T00:00:00Z", true],
  ["2150-01-01T00:00:00Z", false],
])("a clock that says %s was set: %s", (time, is) => expect(isPlausible(new Date(time))).toBe(is));
