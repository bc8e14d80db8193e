/** Fills the gateway's SQLite tables with anonymous users of the last ninety days, without the gateway. */
import Database from "better-sqlite3";
import { v7 as uuidv7 } from "uuid";

const BATCH = 10_000;
const DAYS_MS = 89 * 86_400_000;

/** Writes without waiting for the disk: after a crash of the machine the database must be filled again. */
export function seedAnonymousUsers(/** @type {string} */ file, /** @type {number} */ count) {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = OFF");
  database.pragma("cache_size = -256000");
  const insertUser = database.prepare(
    "INSERT INTO users (id, is_anonymous, created_at, last_login_at) VALUES (?, 1, ?, ?)",
  );
  const insertIdentity = database.prepare(
    "INSERT INTO identities (id, user_id, provider, subject, created_at, last_used_at) VALUES (?, ?, 'anon-user', ?, ?, ?)",
  );
  const insertSession = database.prepare(
    `INSERT INTO sessions (id, user_id, provider, created_at, last_seen_at, refresh_generation, user_agent, ip_address)
     VALUES (?, ?, 'anon-user', ?, ?, 0, ?, ?)`,
  );
  const end = Date.now() - 60_000;
  const insertBatch = database.transaction((/** @type {number} */ from, /** @type {number} */ to) => {
    for (let index = from; index < to; index++) {
      const msecs = Math.floor(end - DAYS_MS + (index / count) * DAYS_MS);
      const [userId, identityId, sessionId] = [uuidv7({ msecs }), uuidv7({ msecs }), uuidv7({ msecs })];
      insertUser.run(userId, msecs, msecs);
      insertIdentity.run(identityId, userId, identityId, msecs, msecs);
      insertSession.run(sessionId, userId, msecs, msecs, "passerby-bench", `10.0.${index % 256}.1`);
    }
  });
  for (let from = 0; from < count; from += BATCH) {
    insertBatch(from, Math.min(from + BATCH, count));
    showProgress(Math.min(from + BATCH, count), count);
  }
  database.pragma("synchronous = FULL");
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}

const BAR_WIDTH = 30;

function showProgress(/** @type {number} */ done, /** @type {number} */ all) {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((done / all) * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  process.stderr.write(done < all ? `\r  seeding ${bar} ${done.toLocaleString("en")} users` : "\r\u001b[2K");
}
