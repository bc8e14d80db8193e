/** `passerby audit export`, and that what is done on the command line is recorded as its user's. */
import { userInfo } from "node:os";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { runCommand } from "../support/command-line.ts";
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
  runCommand(words, { env: { DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY } });
const exported = async (...words: string[]) => {
  const { status, stdout, stderr } = await passerby("audit", "export", ...words);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

it("records what the command line does, and exports it", async () => {
  const { id } = await loginAnonymously(gateway);
  await passerby("users", "disable", id);
  await passerby("config", "set", "anon-user", "off");
  await passerby("config", "discard");
  await passerby("rotate-key");
  const actor = { kind: "OPERATOR", name: `${userInfo().username} (command line)`, userId: null };
  const events = await exported();
  expect(events.map(({ action }) => action)).toEqual([
    "SIGNING_KEY_ROTATED",
    "DRAFT_DISCARDED",
    "DRAFT_SAVED",
    "USER_DISABLED",
  ]);
  for (const event of events) expect(event).toMatchObject({ actor, ipAddress: null, outcome: "DONE" });
  expect(await exported("--user-id", id)).toHaveLength(1);
  expect(await exported("--action", "DRAFT_SAVED,USER_DISABLED", "--actor-kind", "OPERATOR")).toHaveLength(2);
  expect(await exported("--before", "2026-01-01")).toEqual([]);
});

it("rejects filters that make no sense", async () => {
  const { status, stderr } = await passerby("audit", "export", "--action", "SLEPT");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Invalid filters: action/);
});
