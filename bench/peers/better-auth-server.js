/** better-auth with its anonymous plugin, its own HTTP handler, and SQLite with the same durability as the gateway's. */
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { anonymous } from "better-auth/plugins";
import Database from "better-sqlite3";

const port = Number(process.env.PORT);
const database = new Database(String(process.env.DATABASE_FILE));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.pragma("foreign_keys = ON");
database.pragma("cache_size = -16000");

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: "bench-secret-0123456789-0123456789-0123456789",
  database,
  plugins: [anonymous()],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

createServer(toNodeHandler(auth)).listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit());
