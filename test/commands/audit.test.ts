/** `passerby audit export`, and that what is done on the command line is recorded as its user's. */
import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import {
  ADMIN_KEY,
  createDatabase,
  type Gateway,
  loginAnonymously,
  MASTER_KEY,
  startGateway,
} from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const passerby = (...words: string[]) =>
  spawnSync("node", ["dist/cli.js", ...words], {
    env: { PATH: process.env.PATH, DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY },
    encoding: "utf8",
  });
const exported = (...words: string[]) => {
  const { status, stdout, stderr } = passerby("audit", "export", ...words);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

it("records what the command line does, and exports it", async () => {
  const { id } = await loginAnonymously(gateway);
  passerby("users", "disable", id);
  passerby("config", "set", "anon-user", "off");
  passerby("config", "discard");
  passerby("rotate-key");
  const actor = { kind: "OPERATOR", name: `${userInfo().username} (command line)`, userId: null };
  const events = exported();
  expect(events.map(({ action }) => action)).toEqual([
    "SIGNING_KEY_ROTATED",
    "DRAFT_DISCARDED",
    "DRAFT_SAVED",
    "USER_DISABLED",
  ]);
  for (const event of events) expect(event).toMatchObject({ actor, ipAddress: null, outcome: "DONE" });
  expect(exported("--user-id", id)).toHaveLength(1);
  expect(exported("--action", "DRAFT_SAVED,USER_DISABLED", "--actor-kind", "OPERATOR")).toHaveLength(2);
  expect(exported("--before", "2026-01-01")).toEqual([]);
});

it("rejects filters that make no sense", () => {
  const { status, stderr } = passerby("audit", "export", "--action", "SLEPT");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Invalid filters: action/);
});
