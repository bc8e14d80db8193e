/** Does a login stay as fast when a million users are there already? */
import Database from "better-sqlite3";
import { compare } from "./support/rounds.js";

export const question =
  "how many anonymous logins a second beside a million users, and in an empty database?";

const USERS = 1_000_000;
const BATCH = 50_000;
const DAY = 86_400_000;

/** @param {{ servers: import("./support/servers.js").Servers, options: import("./support/rounds.js").Options }} context */
export async function run({ servers, options }) {
  const file = servers.newFile();
  const databaseUrl = `sqlite:${file}`;
  await (await servers.gateway({ databaseUrl })).stop();
  seed(file, options.progress);
  return compare(
    [
      { name: "a million users", server: await servers.gateway({ databaseUrl }), scenario: "login" },
      { name: "empty", server: await servers.gateway(), scenario: "login" },
    ],
    options,
    { empty: { atLeast: 0.9 } },
  );
}

/**
 * Users with the identity and the session that an anonymous login makes, created evenly over the last 60 days: none is
 * old enough to expire. Ids are UUIDs of version 7, as the gateway's are.
 * @param {string} file
 * @param {(text: string) => void} progress
 */
function seed(file, progress) {
  const database = new Database(file);
  // Only the seeding hurries; the gateway opens the file with its own settings.
  database.pragma("synchronous = OFF");
  const first = Date.now() - 60 * DAY;
  const step = Math.floor((59 * DAY) / USERS);
  const uuid = (salt) =>
    `printf('%08x-%04x-7${salt}%02x-8%03x-%012x', at >> 16, at & 65535, abs(random()) & 255, abs(random()) & 4095, n)`;
  const batch = database.prepare(`
    INSERT INTO bench_seed (user_id, identity_id, session_id, at)
    WITH RECURSIVE numbers(n, at) AS (
      SELECT @from, @first + @from * @step
      UNION ALL SELECT n + 1, at + @step FROM numbers WHERE n + 1 < @to
    ) SELECT ${uuid(1)}, ${uuid(2)}, ${uuid(3)}, at FROM numbers`);
  database.exec("CREATE TEMP TABLE bench_seed (user_id TEXT, identity_id TEXT, session_id TEXT, at INTEGER)");
  const fill = database.transaction((from) => {
    batch.run({ from, to: Math.min(from + BATCH, USERS), first, step });
    database.exec(`
      INSERT INTO users (id, is_anonymous, created_at, last_login_at) SELECT user_id, 1, at, at FROM bench_seed;
      INSERT INTO identities (id, user_id, provider, subject, created_at, last_used_at)
        SELECT identity_id, user_id, 'anon-user', identity_id, at, at FROM bench_seed;
      INSERT INTO sessions (id, user_id, provider, created_at, last_seen_at, refresh_generation, ip_address)
        SELECT session_id, user_id, 'anon-user', at, at, 0, '127.0.0.1' FROM bench_seed;
      DELETE FROM bench_seed`);
  });
  for (let from = 0; from < USERS; from += BATCH) {
    progress(`seeding ${from.toLocaleString("en")} of ${USERS.toLocaleString("en")} users`);
    fill(from);
  }
  const { count } = /** @type {{ count: number }} */ (
    database.prepare("SELECT count(*) AS count FROM users").get()
  );
  if (count !== USERS) throw new Error(`There are ${count} users, not ${USERS}.`);
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}
