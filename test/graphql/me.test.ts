import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createDatabase, type Gateway, loginAnonymously, startGateway } from "../support/gateway.ts";

let place: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
beforeAll(async () => {
  place = await createDatabase("sqlite");
  gateway = await startGateway({ url: place.url });
});
afterAll(async () => {
  await gateway.stop();
  await place.drop();
});

interface Statement {
  all(...parameters: unknown[]): { detail?: string }[];
}
interface Connection {
  prepare(sql: string): Statement;
}

it("reads the database once, by keys, each time that it is asked who is calling", async () => {
  const reader = gateway.app.database.reads.connection.driver as unknown as {
    databaseConnection: Connection;
  };
  const connection = reader.databaseConnection;
  const asked: string[] = [];
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (sql) => {
    const statement = prepare(sql);
    const all = statement.all.bind(statement);
    statement.all = (...parameters) => {
      // The delivery of webhooks looks by itself, once a second.
      if (!/\bwebhook_|FROM events\b|FROM counters\b/i.test(sql)) asked.push(sql);
      return all(...parameters);
    };
    return statement;
  };

  const { id, accessToken } = await loginAnonymously(gateway);
  for (let times = 1; times <= 3; times++) {
    const { data } = await gateway.graph("{ me { id isAnonymous createdAt expiresAt } }", {
      token: accessToken,
    });
    expect(data.me.id).toBe(id);
    expect(asked).toHaveLength(times);
  }
  const plan = prepare(`EXPLAIN QUERY PLAN ${asked[0]}`).all("any");
  expect(plan.map(({ detail }) => String(detail).split(" ")[0])).toEqual(["SEARCH", "SEARCH"]);
});
