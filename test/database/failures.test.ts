/** What a database rejects for a while is rejected to the client, whole, and works again afterwards. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import "reflect-metadata";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { isBadText } from "../../src/database/failures.ts";
import { migrate } from "../../src/database/migrate.ts";
import { execute } from "../../src/database/sql.ts";
import { PasserbyError } from "../../src/errors.ts";
import { codeOf, countRows, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

describe("a full SQLite database", () => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  beforeEach(async () => {
    place = await createDatabase("sqlite");
    gateway = await startGateway({ url: place.url });
  });
  afterEach(async () => {
    await gateway.stop();
    await place.drop();
  });
  const login = () => gateway.graph("mutation { loginAnonymous { accessToken } }");
  const setMostPages = (pages: number) =>
    gateway.app.database.dataSource.query(`PRAGMA max_page_count = ${pages}`);
  const rows = async (): Promise<number[]> => [
    await countRows(gateway, "users"),
    await countRows(gateway, "identities"),
    await countRows(gateway, "sessions"),
  ];

  it("rejects logins, keeps no half of one, and takes them again once there is room", async () => {
    await setMostPages(1);
    const answers = [];
    for (let i = 0; i < 25; i++) answers.push(...(await Promise.all([login(), login(), login(), login()])));
    const granted = answers.filter((answer) => answer.data?.loginAnonymous).length;
    const rejected = answers.filter((answer) => codeOf(answer) === "SERVICE_UNAVAILABLE").length;
    expect(granted + rejected).toBe(100);
    expect(rejected).toBeGreaterThan(0);
    expect(await rows()).toEqual([granted, granted, granted]);

    await setMostPages(1_000_000);
    expect(codeOf(await login())).toBeUndefined();
    expect(await rows()).toEqual([granted + 1, granted + 1, granted + 1]);
  });
});

describe("on postgres", () => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let database: Database;
  beforeEach(async () => {
    place = await createDatabase("postgres");
    database = await openDatabase({ url: place.url });
    await migrate(database);
    await database.reads.query(
      "INSERT INTO users (id, is_anonymous, created_at) VALUES ('a', true, 0), ('b', true, 0)",
    );
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
  });

  /** Adds one to a user's time; the first try of each waits until the other has its first row too. */
  const addToBoth = (ids: readonly [string, string], meet: () => Promise<void>): Promise<void> =>
    database.writes.transaction(async (manager) => {
      const add = (id: string) =>
        execute(manager, "UPDATE users SET created_at = created_at + 1 WHERE id = ?", [id]);
      await add(ids[0]);
      await meet();
      await add(ids[1]);
    });
  const times = async (): Promise<number[]> =>
    (await database.reads.query("SELECT created_at FROM users ORDER BY id")).map(
      (row: { created_at: number }) => row.created_at,
    );

  it("repeats a transaction that a deadlock undid", async () => {
    let arrived = 0;
    let open = (): void => {};
    const bothAreThere = new Promise<void>((resolve) => {
      open = resolve;
    });
    const meet = (): Promise<void> => {
      arrived += 1;
      if (arrived === 2) open();
      return bothAreThere;
    };
    await Promise.all([addToBoth(["a", "b"], meet), addToBoth(["b", "a"], meet)]);
    // One was undone at least once: on a busy machine it may be in the way again when it comes back.
    expect(arrived).toBeGreaterThanOrEqual(3);
    expect(await times()).toEqual([2, 2]);
  });

  it("gives up a conflict that does not end, and says that trying again may help", async () => {
    let tries = 0;
    const outcome = database.writes.transaction(async (manager) => {
      tries += 1;
      await execute(manager, "UPDATE users SET created_at = 9 WHERE id = ?", ["a"]);
      await manager.query("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$");
    });
    await expect(outcome).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await expect(outcome).rejects.toBeInstanceOf(PasserbyError);
    expect(tries).toBe(5);
    expect(await times()).toEqual([0, 0]);
  });

  it.each([
    ["NUL", "x\0"],
    ["half a surrogate pair", "x\ud800"],
  ])("calls %s text that cannot be stored", async (_, id) => {
    const { User } = await import("../../src/entities/user.ts");
    const row = {
      id,
      isAnonymous: true,
      createdAt: new Date(0),
      lastLoginAt: null,
      disabledAt: null,
      profile: null,
    };
    const error = await database.writes.insert([{ entity: User, rows: [row] }]).catch((error) => error);
    expect(isBadText(error)).toBe(true);
    expect(await times()).toHaveLength(2);
  });
});
