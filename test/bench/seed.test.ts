/** A seeded database is one that the gateway could have made: its counts are those of its rows. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ADMIN_KEY,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  login,
  MASTER_KEY,
  startGateway,
  TestClock,
} from "../support/gateway.ts";

const USERS = Number(process.env.SEED_USERS ?? 2_000);
const DAY_MS = 86_400_000;
const UNTIL = +new TestClock().now();

/** Runs the script as a developer does. @returns what it says */
async function seed(url: string): Promise<string> {
  const until = new Date(UNTIL).toISOString();
  const script = new URL("../../bench/seed.js", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [script, "--users", String(USERS), "--database", url, "--until", until, "--seed", "7"],
    { env: { PATH: String(process.env.PATH), MASTER_KEY, ADMIN_KEY }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  child.stderr.on("data", (text) => (said += text));
  await once(child, "close");
  return said;
}

describe.each(databases)("on %s", (name) => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;

  beforeAll(async () => {
    place = await createDatabase(name);
    expect(await seed(place.url)).toMatch(/users, [\d,]+ identities/);
    gateway = await startGateway({ url: place.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await place.drop();
  });

  it("has about as many users as were asked for, of every sort", async () => {
    expect(Math.abs((await countRows(gateway, "users")) - USERS)).toBeLessThan(USERS * 0.1);
    for (const where of ["is_anonymous", "NOT is_anonymous"]) {
      expect(await countRows(gateway, "users", where)).toBeGreaterThan(USERS * 0.1);
    }
    expect(await countRows(gateway, "former_user_ids")).toBeGreaterThan(0);
    expect(await countRows(gateway, "deployments")).toBeGreaterThan(1);
  });

  it("counts by day what the rows say", async () => {
    const { data } = await gateway.admin(
      "{ statistics(days: 400) { anonymousUsers { total byAge { ageDays users } } conversion { arrived linked merged } activeSessions { total } } }",
    );
    const { anonymousUsers, conversion, activeSessions } = data.statistics;
    expect(anonymousUsers.total).toBe(await countRows(gateway, "users", "is_anonymous"));
    const rows: { day: number; count: number }[] = await gateway.app.database.reads.query(
      `SELECT CAST(created_at / ${DAY_MS} AS integer) AS day, count(*) AS count FROM users WHERE is_anonymous GROUP BY 1`,
    );
    for (const { day, count } of rows) {
      const age = Math.floor(UNTIL / DAY_MS) - day;
      expect(anonymousUsers.byAge[age]).toEqual({ ageDays: age, users: Number(count) });
    }
    const total = (kind: "linked" | "merged"): number =>
      conversion.reduce((sum: number, week: Record<typeof kind, number>) => sum + week[kind], 0);
    expect(total("linked")).toBe(await countRows(gateway, "users", "NOT is_anonymous"));
    expect(total("merged")).toBe(await countRows(gateway, "former_user_ids"));
    const live = `ended_at IS NULL AND (expires_at IS NULL OR expires_at > ${UNTIL})`;
    expect(activeSessions.total).toBe(await countRows(gateway, "sessions", live));
  });

  it("lets its users log in, and shows their events", async () => {
    const [row] = await gateway.app.database.reads.query(
      "SELECT i.email, i.user_id FROM identities i JOIN users u ON u.id = i.user_id WHERE i.provider = 'local-userpass' AND u.disabled_at IS NULL LIMIT 1",
    );
    expect(codeOf(await login(gateway, row.email, "correct horse"))).toBeUndefined();
    const { data } = await gateway.admin(
      `{ auditEvents(filter: { userId: "${row.user_id}" }) { edges { node { action } } } }`,
    );
    const actions = data.auditEvents.edges.map(({ node }: { node: { action: string } }) => node.action);
    expect(actions[0]).toBe("LOGGED_IN");
    expect(actions).toContain("IDENTITY_LINKED");
  });

  it("does not seed what has users already", async () => {
    expect(await seed(place.url)).toMatch(/^There are users in that database already/);
  });
});
