/**
 * kill -9 again and again while people log in, link, merge and delete their accounts: what was acknowledged is there after
 * the restart, with its event, its audit event, its count and its tombstones, each once; and nothing has one without the other.
 * LOAD_KILLS (40) is how often, on each database.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { createDataSource } from "../../src/database/data-source.ts";
import { freePort } from "../support/free-port.ts";
import { createDatabase, databases } from "../support/gateway.ts";
import { ask, askAdmin, deploy, LINK, LOGIN, MERGE } from "./support/graph.ts";
import { report, startProgram } from "./support/program.ts";

const KILLS = Number(process.env.LOAD_KILLS ?? 40);
const CLIENTS = 16;
/** Long enough for every kind of step to be under way. */
const [MIN_LIFE_MS, MAX_LIFE_MS] = [400, 2_000];

interface Acknowledged {
  /** Everyone who ever logged in: found by that id, whatever became of them. */
  readonly userIds: Set<string>;
  /** Guests, by id, with their tokens. */
  readonly guests: Map<string, { accessToken: string; refreshToken: string }>;
  /** Subject of the token that was linked → user id. */
  readonly linked: Map<string, string>;
  /** Id of a guest → id of the user that it became part of. */
  readonly merged: Map<string, string>;
  /** Id of a deleted user → id of its session. */
  readonly deleted: Map<string, string>;
}

const issuer = "https://issuer.example";
const sign = (key: KeyObject, subject: string): Promise<string> =>
  new SignJWT({ iss: issuer, sub: subject, exp: 4_000_000_000 })
    .setProtectedHeader({ alg: "ES256" })
    .sign(key);

/** One person after the other, until the gateway is gone. */
async function live(url: string, key: KeyObject, done: Acknowledged, name: string): Promise<void> {
  const link = async (accessToken: string, subject: string) =>
    (
      await ask(url, LINK, {
        token: accessToken,
        variables: { c: { jwt: { token: await sign(key, subject) } } },
      })
    ).data.linkIdentity;
  for (let person = 0; ; person++) {
    const { user, session, accessToken, refreshToken } = (await ask(url, LOGIN)).data.loginAnonymous;
    done.userIds.add(user.id);
    done.guests.set(user.id, { accessToken, refreshToken });
    const step = person % 4;
    if (step === 0) continue;
    if (step === 3) {
      done.guests.delete(user.id);
      done.userIds.delete(user.id);
      await ask(url, "mutation { deleteMe { erasureId } }", { token: accessToken });
      done.deleted.set(user.id, session.id);
      continue;
    }
    const subject = step === 1 ? `${name}-${person}` : [...done.linked.keys()].at(person % done.linked.size);
    if (!subject) continue;
    // From here on the guest's tokens are replaced, so it is no longer found by them.
    done.guests.delete(user.id);
    const outcome = await link(accessToken, subject);
    if (outcome.user) done.linked.set(subject, outcome.user.id);
    else {
      const { data } = await ask(url, MERGE, {
        token: accessToken,
        variables: { t: outcome.mergeTicket },
      });
      done.merged.set(user.id, data.mergeUser.user.id);
    }
  }
}

/** @returns what was acknowledged and is not there */
async function findLost(url: string, key: KeyObject, done: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, { accessToken, refreshToken }] of done.guests) {
    const me = (await ask(url, "{ me { id isAnonymous } }", { token: accessToken })).data?.me;
    const refreshed = await ask(
      url,
      "mutation ($t: String!) { refreshSession(refreshToken: $t) { user { id } } }",
      {
        variables: { t: refreshToken },
      },
    );
    if (me?.id !== id || !me.isAnonymous || refreshed.data?.refreshSession?.user.id !== id)
      lost.push(`guest ${id}`);
  }
  for (const [subject, id] of done.linked) {
    const answer = await ask(
      url,
      "mutation ($c: Credentials!) { login(credentials: $c) { user { id isAnonymous } } }",
      { variables: { c: { jwt: { token: await sign(key, subject) } } } },
    );
    const user = answer.data?.login?.user;
    if (user?.id !== id || user.isAnonymous) lost.push(`link ${subject}`);
  }
  for (const id of done.userIds) {
    const { data } = await askAdmin(url, "query ($id: ID!) { user(id: $id) { id } }", { id });
    if (!data.user) lost.push(`user ${id}`);
  }
  for (const [formerId, id] of done.merged) {
    const { data } = await askAdmin(url, "query ($id: ID!) { user(id: $id) { id } }", { id: formerId });
    if (data.user?.id !== id) lost.push(`merge ${formerId}`);
  }
  return lost;
}

/** @returns what has no consequence, more than one, or a consequence without having happened */
async function findUneven(databaseUrl: string, done: Acknowledged): Promise<string[]> {
  const source = await createDataSource(databaseUrl).initialize();
  try {
    const column = async (sql: string): Promise<string[]> =>
      (await source.query(sql)).map((row: { value: unknown }) => String(row.value));
    const events = (type: string, of = "user_id") =>
      column(`SELECT ${of} AS value FROM events WHERE type = '${type}'`);
    const audited = (action: string, of = "user_id") =>
      column(`SELECT ${of} AS value FROM audit_events WHERE action = '${action}' AND code IS NULL`);
    const happened = {
      links: [await events("user.linked"), await audited("IDENTITY_LINKED"), [...done.linked.values()]],
      merges: [
        await events("user.merged", "former_user_id"),
        await audited("USER_MERGED", "target"),
        [...done.merged.keys()],
        await column("SELECT id AS value FROM former_user_ids"),
      ],
      deletions: [await events("user.deleted"), await audited("USER_DELETED"), [...done.deleted.keys()]],
    };
    const uneven = Object.entries(happened).flatMap(
      ([name, [events = [], audited = [], acknowledged = [], rows = events]]) => {
        const stored = [...events].sort();
        const isOnce = new Set(stored).size === stored.length;
        const agree = [audited, rows].every(
          (each) => JSON.stringify([...each].sort()) === JSON.stringify(stored),
        );
        const missing = acknowledged.filter((id) => !stored.includes(id));
        return isOnce && agree && missing.length === 0
          ? []
          : [`${name}: ${stored.length} events, ${missing.length} missing`];
      },
    );
    const tombstones = new Set(await column("SELECT id AS value FROM session_tombstones"));
    for (const sessionId of done.deleted.values())
      if (!tombstones.has(sessionId)) uneven.push(`tombstone ${sessionId}`);
    const [left] = await column(
      "SELECT COALESCE(SUM(CASE kind WHEN 'arrived' THEN count WHEN 'login' THEN 0 WHEN 'refused' THEN 0 ELSE -count END), 0) AS value FROM daily_counts",
    );
    const [guests] = await column("SELECT COUNT(*) AS value FROM users WHERE is_anonymous");
    if (left !== guests) uneven.push(`counted ${left} guests of ${guests}`);
    return uneven;
  } finally {
    await source.destroy();
  }
}

it.each(databases)("loses nothing acknowledged to kill -9 under load, on %s", async (name) => {
  const database = await createDatabase(name);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const settings = { DATABASE_URL: database.url, RATE_LIMITS: "off", INITIAL_PROVIDERS: "anon-user" };
  const port = await freePort();
  let gateway = await startProgram(settings, port);
  await deploy(gateway.url, "custom-token", {
    issuer,
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
    algorithms: ["ES256"],
  });
  let [checked, merges] = [0, 0];
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const done: Acknowledged = {
        userIds: new Set(),
        guests: new Map(),
        linked: new Map(),
        merged: new Map(),
        deleted: new Map(),
      };
      const clients = Array.from({ length: CLIENTS }, (_, client) =>
        live(gateway.url, privateKey, done, `${kill}-${client}`).catch(() => {}),
      );
      const life = MIN_LIFE_MS + Math.random() * (MAX_LIFE_MS - MIN_LIFE_MS);
      await new Promise((resolve) => setTimeout(resolve, life));
      await gateway.end("SIGKILL");
      await Promise.all(clients);
      gateway = await startProgram(settings, port);
      expect(done.linked.size).toBeGreaterThan(0);
      merges += done.merged.size;
      checked += done.guests.size + done.linked.size + done.merged.size + done.deleted.size;
      expect(await findLost(gateway.url, privateKey, done)).toEqual([]);
      expect(await findUneven(database.url, done)).toEqual([]);
      report(
        `  ${name}: kill ${kill} of ${KILLS}, ${checked.toLocaleString("en")} acknowledged steps, 0 lost`,
      );
    }
    expect(merges).toBeGreaterThan(0);
  } finally {
    await gateway.end("SIGKILL");
    await database.drop();
  }
});
