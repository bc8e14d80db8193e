/** PgBouncer as it comes from its package: the gateway starts through it, migrates, serves, and leaves no trace in sessions. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { openDatabase } from "../../src/database/database.ts";
import { isUnavailable } from "../../src/database/failures.ts";
import { isMigrated, migrate } from "../../src/database/migrate.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  me,
  refresh,
  startGateway,
} from "../support/gateway.ts";
import { type Bouncer, startBouncer } from "../support/pgbouncer.ts";

describe.each(["session", "transaction"] as const)("PgBouncer in %s mode", (mode) => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let bouncer: Bouncer;
  beforeEach(async () => {
    place = await createDatabase("postgres", { isEmpty: true });
    bouncer = await startBouncer(mode);
  });
  afterEach(async () => {
    await bouncer.stop();
    await place.drop();
  });

  it("takes a whole life of users on two gateways, and changes no session's settings", async () => {
    const url = bouncer.url(place.url);
    const [one, two] = (await Promise.all([startGateway({ url }), startGateway({ url })])) as [
      Gateway,
      Gateway,
    ];
    const guests = await Promise.all(
      Array.from({ length: 60 }, (_, i) => loginAnonymously(i % 2 === 0 ? one : two)),
    );
    const answers = await Promise.all(
      guests.map(async (guest, i) => {
        // Few passwords: their hashes are bounded by something else.
        const linked = i < 8 ? await linkEmail(one, guest.accessToken, `guest${i}@example.com`) : null;
        const refreshed = await refresh(two, guest.refreshToken);
        const mine = await me(one, guest.accessToken);
        return [linked && codeOf(linked), codeOf(refreshed), mine.data?.me.id === guest.id];
      }),
    );
    expect(answers).toEqual(guests.map((_, i) => [i < 8 ? undefined : null, undefined, true]));
    expect(codeOf(await login(two, "guest7@example.com", "correct horse"))).toBeUndefined();
    expect(await countRows(one, "users")).toBe(60);

    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (let i = 0; i < 10; i++) {
      const { rows } = await client.query(
        "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') AND setting <> reset_val",
      );
      expect(rows).toEqual([]);
    }
    await client.end();
    await Promise.all([one.stop(), two.stop()]);
  });

  it("lets one of several processes that start at once migrate", async () => {
    const url = bouncer.url(place.url);
    const databases = await Promise.all(Array.from({ length: 3 }, () => openDatabase({ url })));
    const ran = await Promise.all(databases.map(migrate));
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
    for (const database of databases) {
      expect(await isMigrated(database)).toBe(true);
      await database.close();
    }
  });

  it("passes on that a statement is given up, so that its server connection is free again", async () => {
    const database = await openDatabase({ url: bouncer.url(place.url) });
    const error = await database.reads.query("SELECT pg_sleep(60)").catch((error) => error);
    expect(isUnavailable(error)).toBe(true);
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    for (;;) {
      const { rows } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT pg_sleep(60)' AND state = 'active'",
      );
      if (rows.length === 0) break;
      await client.query("SELECT pg_sleep(0.05)");
    }
    await client.end();
    await database.close();
  });
});

it("with its least pool, PgBouncer delays requests and fails none", async () => {
  const place = await createDatabase("postgres");
  const bouncer = await startBouncer("transaction", ["default_pool_size = 1"]);
  const gateway = await startGateway({ url: bouncer.url(place.url) });
  const guests = await Promise.all(Array.from({ length: 40 }, () => loginAnonymously(gateway)));
  const answers = await Promise.all(guests.map((guest) => me(gateway, guest.accessToken)));
  expect(answers.map(codeOf)).toEqual(guests.map(() => undefined));
  await gateway.stop();
  await bouncer.stop();
  await place.drop();
});
