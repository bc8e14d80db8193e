import { afterEach, describe, expect, it } from "@jest/globals";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { countRows, MAX_COUNTED } from "../../src/database/sql.ts";
import { createDatabase, databases } from "../support/database.ts";

describe.each(databases)("counting on %s", (name) => {
  const closings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
  });

  it("stops at the most that is counted", async () => {
    const empty = await createDatabase(name);
    const database: Database = await openDatabase({ url: empty.url });
    closings.push(empty.drop, database.close);
    const count = (rows: number) =>
      countRows(
        database.reads,
        "FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(? AS integer)) SELECT i FROM n) AS n",
        [rows],
      );
    expect(await count(3)).toBe(3);
    expect(await count(MAX_COUNTED + 10)).toBe(MAX_COUNTED);
  });
});
