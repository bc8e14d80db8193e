/**
 * A database that has the newest schema already, made once in a run and copied for each test: migrating takes longer than
 * most tests do.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import pg from "pg";
import { openDatabase } from "../../src/database/database.ts";
import { migrate } from "../../src/database/migrate.ts";

/** Made by `global-setup.ts`. */
const runFolder = String(process.env.TEST_RUN_FOLDER);

async function migrateDatabase(url: string): Promise<void> {
  const database = await openDatabase({ url });
  await migrate(database);
  await database.close();
}

let sqlite: Promise<string> | undefined;

/** @returns the file to copy */
export function sqliteTemplate(): Promise<string> {
  sqlite ??= findOrCreateSqlite();
  return sqlite;
}

async function findOrCreateSqlite(): Promise<string> {
  const file = join(runFolder, "template.sqlite");
  if (existsSync(file)) return file;
  const own = `${file}.${process.pid}`;
  await migrateDatabase(`sqlite:${own}`);
  for (const suffix of ["-wal", "-shm"]) rmSync(`${own}${suffix}`, { force: true });
  renameSync(own, file);
  return file;
}

/** One for each run, also on a server that outlives it. */
const templateName = (folder: string): string =>
  `template_${basename(folder).replaceAll(/\W/g, "_").toLowerCase()}`;

/**
 * @param client connected to the server's own database
 * @returns the name of the database to copy
 */
export async function postgresTemplate(client: pg.Client, server: string): Promise<string> {
  const name = templateName(runFolder);
  const isReady = async (): Promise<boolean> => {
    const { rows } = await client.query("SELECT datistemplate FROM pg_database WHERE datname = $1", [name]);
    return rows[0]?.datistemplate === true;
  };
  if (await isReady()) return name;
  await client.query("SELECT pg_advisory_lock(hashtext($1))", [name]);
  try {
    if (await isReady()) return name;
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
    await client.query(`CREATE DATABASE ${name}`);
    await migrateDatabase(`${server}/${name}`);
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    return name;
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext($1))", [name]);
  }
}
