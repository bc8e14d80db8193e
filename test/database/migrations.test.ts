/** Every older state of the database becomes the newest, with its rows. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { hash } from "@node-rs/argon2";
import { v7 as uuidv7 } from "uuid";
import { createDataSource } from "../../src/database/data-source.ts";
import { openDatabase } from "../../src/database/database.ts";
import { isMigrated, migrate } from "../../src/database/migrate.ts";
import { migrations } from "../../src/database/migrations/index.ts";
import { createEncryption } from "../../src/encryption.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  login,
  MASTER_KEY,
  startGateway,
} from "../support/gateway.ts";

const CREATED_AT = 1_780_000_000_000;
/** How many migrations a database has that knows flows other than redirects. */
const LOGIN_FLOWS = 15;
const CREATED_DAY = Math.floor(CREATED_AT / 86_400_000);

/** What a gateway of that state would have stored: a user with an email, and an anonymous one. */
async function oldRows(migrated: number): Promise<string[]> {
  const passwordHash = await hash("correct horse");
  const [known, guest] = [uuidv7(), uuidv7()];
  const identity = (id: string, user: string, provider: string, email: string | null): string =>
    `INSERT INTO identities (id, user_id, provider, subject, email, created_at)
     VALUES ('${id}', '${user}', '${provider}', 'of-${id}', ${email && `'${email}'`}, ${CREATED_AT})`;
  return [
    `INSERT INTO users (id, is_anonymous, created_at) VALUES ('${known}', false, ${CREATED_AT})`,
    `INSERT INTO users (id, is_anonymous, created_at) VALUES ('${guest}', true, ${CREATED_AT})`,
    identity("known-anonymous", known, "anon-user", null),
    identity("known-email", known, "local-userpass", "old@example.com"),
    identity("guest-anonymous", guest, "anon-user", null),
    `INSERT INTO sessions (id, user_id, provider, created_at, last_seen_at, refresh_generation)
     VALUES ('${uuidv7()}', '${guest}', 'anon-user', ${CREATED_AT}, ${CREATED_AT}, 0)`,
    `INSERT INTO password_credentials (id, email, password_hash, created_at, identity_id)
     VALUES ('of-known-email', 'old@example.com', '${passwordHash}', ${CREATED_AT}, 'known-email')`,
    `INSERT INTO signing_keys (kid, public_jwk, private_key_encrypted, created_at, signs_from)
     VALUES ('old-key', '{"kid":"old-key"}', '${oldPrivateKey()}', ${CREATED_AT}, ${CREATED_AT})`,
    // Before that column there was none to say so.
    ...(migrated >= 2
      ? [
          `UPDATE identities SET ${migrated >= 13 ? "can_sign_in" : "is_way_in"} = false WHERE provider = 'anon-user'`,
        ]
      : []),
    ...(migrated >= 2 && migrated < LOGIN_FLOWS
      ? [
          `INSERT INTO oauth_flows (state_hash, provider, settings_fingerprint, redirect_uri, expires_at)
           VALUES ('state', 'company', 'settings', 'https://app.example.com/callback', ${CREATED_AT})`,
        ]
      : []),
    // Before that table the migration counts; a gateway that has it counts by itself.
    ...(migrated >= 3
      ? [
          `INSERT INTO daily_counts (day, kind, key, shard, count)
           VALUES (${CREATED_DAY}, 'arrived', 'anon-user', 0, 2), (${CREATED_DAY}, 'linked', '', 0, 1)`,
        ]
      : []),
  ];
}

function oldPrivateKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return createEncryption(MASTER_KEY).encrypt(pem, "signing-key:old-key");
}

const olderStates = migrations.slice(0, -1).map((_, index) => index + 1);

describe.each(databases)("on %s", (name) => {
  it.each(olderStates)(
    "brings a database of %i migrations up to date, and its users log in",
    async (count) => {
      const place = await createDatabase(name, { isEmpty: true });
      const older = createDataSource(place.url);
      older.setOptions({ migrations: migrations.slice(0, count) });
      await older.initialize();
      await older.runMigrations();
      for (const sql of await oldRows(count)) await older.query(sql);
      await older.destroy();

      const gateway = await startGateway({ url: place.url });
      expect(gateway.app.migrated).toEqual(migrations.slice(count).map((migration) => migration.name));
      const signInMethods: { id: string }[] = await gateway.app.database.reads.query(
        "SELECT id FROM identities WHERE can_sign_in",
      );
      expect(signInMethods.map(({ id }) => id)).toEqual(["known-email"]);
      expect(await countRows(gateway, "sessions", "key_thumbprint IS NULL")).toBe(1);
      const counts: object[] = await gateway.app.database.reads.query(
        "SELECT day, kind, key, count FROM daily_counts ORDER BY kind",
      );
      expect(counts.map((row) => ({ ...row }))).toEqual([
        { day: CREATED_DAY, kind: "arrived", key: "anon-user", count: 2 },
        { day: CREATED_DAY, kind: "linked", key: "", count: 1 },
      ]);
      const flows: object[] = await gateway.app.database.reads.query(
        "SELECT hash, kind, provider, settings_fingerprint, input, session_id FROM login_flows",
      );
      const redirect = {
        hash: "state",
        kind: "redirect",
        provider: "company",
        settings_fingerprint: "settings",
      };
      expect(flows.map((row) => ({ ...row }))).toEqual(
        count >= 2 && count < LOGIN_FLOWS
          ? [{ ...redirect, input: "https://app.example.com/callback", session_id: null }]
          : [],
      );
      // What it signed before may have been good for as long as the setting can say.
      expect(await countRows(gateway, "signing_keys", "longest_token_seconds = 86400")).toBe(1);
      expect(codeOf(await login(gateway, "old@example.com", "correct horse"))).toBeUndefined();
      await gateway.stop();
      await place.drop();
    },
  );

  it("has the tables, columns, keys and indices that the entities describe", async () => {
    const place = await createDatabase(name, { isEmpty: true });
    const database = await openDatabase({ url: place.url });
    await migrate(database);
    const missing = await database.dataSource.driver.createSchemaBuilder().log();
    expect(missing.upQueries.map(({ query }) => query)).toEqual([]);
    await database.close();
    await place.drop();
  });

  it("goes back step by step, and forward again", async () => {
    const place = await createDatabase(name, { isEmpty: true });
    const database = await openDatabase({ url: place.url });
    await migrate(database);
    for (const _ of migrations) await database.dataSource.undoLastMigration({ transaction: "all" });
    expect(await migrate(database)).toEqual(migrations.map((migration) => migration.name));
    expect(await isMigrated(database)).toBe(true);
    await database.close();
    await place.drop();
  });
});
