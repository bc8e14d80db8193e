/** The write path's promises, on both databases. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import "reflect-metadata";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { isMigrated, migrate, NewerDatabaseError } from "../../src/database/migrate.ts";
import { migrations } from "../../src/database/migrations/index.ts";
import { execute } from "../../src/database/sql.ts";
import { User } from "../../src/entities/user.ts";
import { createDatabase, databases } from "../support/gateway.ts";

const user = (id: string): User => ({
  id,
  isAnonymous: true,
  createdAt: new Date(0),
  lastLoginAt: null,
  disabledAt: null,
  profile: { a: 1 },
});

describe.each(databases)("on %s", (name) => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let database: Database;
  beforeEach(async () => {
    place = await createDatabase(name);
    database = await openDatabase({ url: place.url });
    await migrate(database);
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
  });
  const ids = async (): Promise<string[]> =>
    (await database.reads.find(User, { order: { id: "ASC" } })).map((each) => each.id);

  it("gives back times, flags and JSON as they were put in", async () => {
    const stored = { ...user("u"), lastLoginAt: new Date(1_234_567_890_123), isAnonymous: false };
    await database.writes.insert([{ entity: User, rows: [stored] }]);
    expect({ ...(await database.reads.findOneByOrFail(User, { id: "u" })) }).toEqual(stored);
  });
  it("fails only the caller whose row is bad", async () => {
    const rows = ["a", "b", "a", "c"].map((id) =>
      database.writes.insert([{ entity: User, rows: [user(id)] }]),
    );
    const outcomes = await Promise.allSettled(rows);
    expect(outcomes.filter((each) => each.status === "rejected")).toHaveLength(1);
    expect(await ids()).toEqual(["a", "b", "c"]);
  });
  it("undoes all that a failed transaction did, and nothing of its neighbours", async () => {
    const good = (id: string) =>
      database.writes.transaction((manager) =>
        execute(manager, "INSERT INTO users (id, is_anonymous, created_at) VALUES (?, ?, ?)", [id, true, 1]),
      );
    const bad = database.writes.transaction(async (manager) => {
      await execute(manager, "INSERT INTO users (id, is_anonymous, created_at) VALUES (?, ?, ?)", [
        "bad",
        true,
        1,
      ]);
      throw new Error("no");
    });
    const outcomes = await Promise.allSettled([good("x"), bad, good("y")]);
    expect(outcomes.map((each) => each.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await ids()).toEqual(["x", "y"]);
  });
  it("shows no reader what is not committed", async () => {
    let seen: string[] = ["not looked"];
    await database.writes.transaction(async (manager) => {
      await execute(manager, "INSERT INTO users (id, is_anonymous, created_at) VALUES (?, ?, ?)", [
        "hidden",
        true,
        1,
      ]);
      seen = await ids();
    });
    expect(seen).toEqual([]);
    expect(await ids()).toEqual(["hidden"]);
  });
  it("migrates once, however many processes try, and says when the database is newer", async () => {
    expect(await migrate(database)).toEqual([]);
    expect(await isMigrated(database)).toBe(true);
    await database.writes.transaction((manager) =>
      execute(manager, "INSERT INTO migrations (timestamp, name) VALUES (?, ?)", [
        9_999_999_999_999,
        "FromTheFuture",
      ]),
    );
    await expect(migrate(database)).rejects.toThrow(NewerDatabaseError);
  });
  it("migrates an empty database from two programs at once", async () => {
    const fresh = await createDatabase(name, { isEmpty: true });
    const [one, two] = await Promise.all([
      openDatabase({ url: fresh.url }),
      openDatabase({ url: fresh.url }),
    ]);
    const ran = await Promise.all([migrate(one), migrate(two)]);
    expect(ran.flat()).toEqual(migrations.map((migration) => migration.name));
    await Promise.all([one.close(), two.close()]);
    await fresh.drop();
  });
});
