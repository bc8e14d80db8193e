/** What has consequences happens in one place, so that no rule can forget one of them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.startsWith("database/migrations/"))
  .map((path) => [`src/${path}`, readFileSync(join(root, "src", path), "utf8")] as const);

const filesWith = (pattern: RegExp): string[] =>
  sources.filter(([, text]) => pattern.test(text)).map(([path]) => path);

it.each([
  ["deletes users", /DELETE FROM users\b|\.delete\(User\b/, "src/identity/revocation/deletions.ts"],
  [
    "deletes identities",
    /DELETE FROM identities\b|\.delete\(Identity\b/,
    "src/identity/revocation/deletions.ts",
  ],
  [
    "inserts session tombstones",
    /INTO session_tombstones\b|entity: SessionTombstone\b/,
    "src/identity/revocation/deletions.ts",
  ],
  ["inserts audit events of what succeeded", /\.planRow\(/, "src/events/record-events.ts"],
  ["inserts purge receipts", /entity: PurgeReceipt\b/, "src/events/record-events.ts"],
])("one place %s", (_, pattern, path) => {
  expect(filesWith(pattern)).toEqual([path]);
});

it("one place ends sessions", () => {
  expect(filesWith(/UPDATE sessions SET [^`"]*\bended_at = /)).toEqual([
    "src/identity/sessions/end-sessions.ts",
  ]);
});
