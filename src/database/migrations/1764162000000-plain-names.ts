import type { MigrationInterface, QueryRunner } from "typeorm";

const tables = [
  ["removed_sessions", "session_tombstones"],
  ["mail_tokens", "email_tokens"],
  ["outgoing_mails", "outgoing_emails"],
] as const;

/** The renamed index, as in CREATE INDEX. */
const indexes = [
  ["removed_sessions_ended", "session_tombstones_ended", "session_tombstones (ended_at)"],
  ["mail_tokens_credential", "email_tokens_credential", "email_tokens (credential_id)"],
  ["mail_tokens_expires", "email_tokens_expires", "email_tokens (expires_at)"],
  [
    "mail_tokens_registration",
    "email_tokens_registration",
    "email_tokens (registration_id) WHERE registration_id IS NOT NULL",
  ],
  ["outgoing_mails_next_attempt", "outgoing_emails_next_attempt", "outgoing_emails (next_attempt_at)"],
  ["identities_ways_in", "identities_sign_in_methods", "identities (provider, user_id) WHERE can_sign_in"],
  [
    "identities_ways_in_of_user",
    "identities_sign_in_methods_of_user",
    "identities (user_id, provider) WHERE can_sign_in",
  ],
] as const;

const foreignKeys = [
  ["mail_tokens_credential_fk", "email_tokens_credential_fk"],
  ["mail_tokens_registration_fk", "email_tokens_registration_fk"],
] as const;

/** Renames tables, columns and indexes as they are named in the code. No row changes. */
export class PlainNames1764162000000 implements MigrationInterface {
  readonly name = "PlainNames1764162000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const [before, after] of tables) await runner.query(`ALTER TABLE ${before} RENAME TO ${after}`);
    await runner.query("ALTER TABLE identities RENAME COLUMN is_way_in TO can_sign_in");
    if (isPostgres(runner)) return renameOnPostgres(runner, (pair) => pair);
    for (const [before, after, definition] of indexes) {
      await runner.query(`DROP INDEX ${before}`);
      await runner.query(`CREATE INDEX ${after} ON ${definition}`);
    }
    await renameForeignKeysOnSqlite(runner, (pair) => pair);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (isPostgres(runner)) await renameOnPostgres(runner, ([before, after]) => [after, before]);
    else await renameForeignKeysOnSqlite(runner, ([before, after]) => [after, before]);
    await runner.query("ALTER TABLE identities RENAME COLUMN can_sign_in TO is_way_in");
    for (const [before, after] of tables) await runner.query(`ALTER TABLE ${after} RENAME TO ${before}`);
    if (isPostgres(runner)) return;
    for (const [before, after, definition] of indexes) {
      await runner.query(`DROP INDEX ${after}`);
      await runner.query(`CREATE INDEX ${before} ON ${oldNamesIn(definition)}`);
    }
  }
}

const isPostgres = (runner: QueryRunner): boolean => runner.connection.options.type === "postgres";

type Names = readonly [before: string, after: string];
type Direction = (names: Names) => Names;

async function renameOnPostgres(runner: QueryRunner, direction: Direction): Promise<void> {
  for (const [before, after] of indexes) {
    const [from, to] = direction([before, after]);
    await runner.query(`ALTER INDEX ${from} RENAME TO ${to}`);
  }
  for (const names of foreignKeys) {
    const [from, to] = direction(names);
    await runner.query(`ALTER TABLE email_tokens RENAME CONSTRAINT ${from} TO ${to}`);
  }
}

/** SQLite has no statement for it: the table is created again. */
async function renameForeignKeysOnSqlite(runner: QueryRunner, direction: Direction): Promise<void> {
  const table = await runner.getTable("email_tokens");
  for (const names of foreignKeys) {
    const [from, to] = direction(names);
    const key = table?.foreignKeys.find(({ name }) => name === from);
    if (!table || !key) throw new Error(`There is no foreign key ${from}`);
    await runner.dropForeignKey("email_tokens", key);
    const renamed = key.clone();
    renamed.name = to;
    await runner.createForeignKey("email_tokens", renamed);
  }
}

const oldNamesIn = (definition: string): string =>
  tables
    .reduce((text, [before, after]) => text.replace(after, before), definition as string)
    .replace("can_sign_in", "is_way_in");
