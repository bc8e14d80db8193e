/** `.env`: read in every encoding that editors save, or a start error; never a gateway on another, empty database. */
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { findSimilar } from "../../src/settings/similar-names.ts";
import { settingsTable } from "../../src/settings/table.ts";
import { runCommand } from "../support/command-line.ts";
import { endProcesses, newFolder, rejectionOf, startProcess } from "../support/process.ts";

afterEach(endProcesses);

const text = "DATABASE_URL=sqlite:kept/here.sqlite\nAPP_ID=ünïcode-is-rejected\n";
const good = "DATABASE_URL=sqlite:kept/here.sqlite\n# äöü 人\nAPP_ID=of-the-file\n";
const bigEndian = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
const written = (content: string | Uint8Array): string => {
  const folder = newFolder();
  writeFileSync(join(folder, ".env"), content);
  return folder;
};
/** No gateway made anything here. */
const expectUntouched = (folder: string): void =>
  expect(["data", "kept"].filter((name) => existsSync(join(folder, name)))).toEqual([]);

it.each<[string, string | Uint8Array]>([
  ["UTF-8", good],
  ["UTF-8 with a byte order mark", `\ufeff${good}`],
  ["UTF-16 LE with a mark", Buffer.from(`\ufeff${good}`, "utf16le")],
  ["UTF-16 LE without", Buffer.from(good, "utf16le")],
  ["UTF-16 BE with a mark", bigEndian(`\ufeff${good}`)],
  ["UTF-16 BE without", bigEndian(good)],
  ["CRLF", good.replaceAll("\n", "\r\n")],
  ["CR alone", good.replaceAll("\n", "\r")],
  ["spaces, quotes and export", 'export DATABASE_URL = "sqlite:kept/here.sqlite" \n'],
  ["no end of line at the end", good.trim()],
])("%s is read: its first line too", async (_, content) => {
  const folder = written(content);
  const { banner } = await startProcess({}, { cwd: folder });
  expect(banner).toContain(join(folder, "kept/here.sqlite"));
  expect(existsSync(join(folder, "kept/here.sqlite.master-key"))).toBe(true);
  expect(existsSync(join(folder, "data"))).toBe(false);
});

const latin1 = Buffer.from("DATABASE_URL=sqlite:kept/h\u00e9re.sqlite\n", "latin1");
it.each<[string, Uint8Array, RegExp]>([
  ["Latin-1", latin1, /\.env is not UTF-8 or UTF-16: save it as UTF-8/],
  ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), /is not UTF-8 or UTF-16/],
  [
    "UTF-16 cut in the middle",
    Buffer.from(`\ufeff${good}`, "utf16le").subarray(0, -1),
    /is not UTF-8 or UTF-16/,
  ],
  ["NUL bytes", Buffer.from("PORT=0\n\0\0\0\0\n"), /is not UTF-8 or UTF-16/],
  ["two megabytes", Buffer.alloc(2_000_000, "# a\n"), /larger than 1 MiB/],
  [
    "a setting without =",
    Buffer.from("DATABASE_URL: sqlite:kept/here.sqlite\n"),
    /DATABASE_URL in .env needs a =/,
  ],
  ["a value that is wrong", Buffer.from(text), /APP_ID may contain letters/],
])("%s is rejected by the gateway and by the commands, with nothing made", async (_, content, sentence) => {
  const folder = written(content);
  expect(rejectionOf({}, { cwd: folder })).toMatch(sentence);
  const reject = async (...words: string[]): Promise<string> => {
    const { status, stderr } = await runCommand(words, { env: {}, cwd: folder });
    expect(status).toBe(1);
    return stderr;
  };
  expect(await reject("users", "find")).toMatch(sentence);
  const json = JSON.parse(await reject("migrate", "--json"));
  expect(json).toMatchObject({ code: "BAD_SETTINGS", problems: [expect.stringMatching(sentence)] });
  expectUntouched(folder);
});

it("one that this user may not read, a folder of that name and a link to nothing are rejected", () => {
  const isRoot = process.getuid?.() === 0;
  const unreadable = written(good);
  chmodSync(join(unreadable, ".env"), isRoot ? 0o600 : 0);
  chmodSync(unreadable, 0o755);
  const UNPRIVILEGED = 65_534;
  if (isRoot) chownSync(unreadable, UNPRIVILEGED, UNPRIVILEGED);
  const identity = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
  expect(rejectionOf({}, { cwd: unreadable, ...identity })).toMatch(
    /\.env cannot be read by this user: change its owner/,
  );
  const folder = newFolder();
  mkdirSync(join(folder, ".env"));
  expect(rejectionOf({}, { cwd: folder })).toMatch(/\.env is a folder/);
  const link = newFolder();
  symlinkSync("/no/such/file", join(link, ".env"));
  expect(rejectionOf({}, { cwd: link })).toMatch(/\.env is a link to a file that does not exist/);
  for (const each of [unreadable, folder, link]) expectUntouched(each);
});

it("the environment wins over the file, and a name that is nearly ours is asked about", async () => {
  const folder = written(`${good}DATABSE_URL=sqlite:x\nPASSERBY_PORT=1\nNODE_ENV=production\nOTEL_X=1\n`);
  const { banner } = await startProcess({ DATABASE_URL: "sqlite:other.sqlite" }, { cwd: folder });
  expect(banner).toContain(join(folder, "other.sqlite"));
  expect(banner).toMatch(
    /^DATABSE_URL in \.env is not a setting of Passerby\. Did you mean DATABASE_URL\?\nPASSERBY_PORT in \.env .* Did you mean PORT\?\n\n/,
  );
});

it.each([
  ["DATABASE_URI", "DATABASE_URL"],
  ["CORS_ORIGIN", "CORS_ORIGINS"],
  ["cors-origins", "CORS_ORIGINS"],
  ["ADMIN_KYE", "ADMIN_KEY"],
  ["PASSERBY_ADMIN_KEY", "ADMIN_KEY"],
  ["HOSTNAME", null],
  ["PATH", null],
  ["NODE_ENV", null],
  ["PGPORT", null],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", null],
])("%s is near to %s", (name, similar) =>
  expect(findSimilar(name, Object.keys(settingsTable))).toBe(similar),
);
