/** Fresh databases for tests. */
import { randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { postgresTemplate, sqliteTemplate } from "./database-template.ts";

export type DatabaseName = "sqlite" | "postgres";
export const databases: readonly DatabaseName[] = ["sqlite", "postgres"];

/** A fresh database of the newest schema, or without tables when it is to be empty; `drop` when done. */
export async function createDatabase(
  name: DatabaseName,
  { isEmpty = false }: { isEmpty?: boolean } = {},
): Promise<{ url: string; drop(): Promise<void> }> {
  if (name === "sqlite") {
    const folder = mkdtempSync(join(tmpdir(), "passerby-test-"));
    const file = join(folder, "passerby.sqlite");
    if (!isEmpty) copyFileSync(await sqliteTemplate(), file);
    return {
      url: `sqlite:${file}`,
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  }
  const server = String(process.env.TEST_POSTGRES_URL);
  const database = `test_${randomUUID().replaceAll("-", "")}`;
  const run = async (work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
    const client = new pg.Client({ connectionString: `${server}/postgres` });
    await client.connect();
    await work(client).finally(() => client.end());
  };
  await run(async (client) => {
    // Copies files, which takes half of what copying through the log does; nothing here survives a crash of the server.
    const template = isEmpty ? "template1" : await postgresTemplate(client, server);
    await client.query(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY FILE_COPY`);
  });
  return {
    url: `${server}/${database}`,
    drop: () => run((client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)),
  };
}
