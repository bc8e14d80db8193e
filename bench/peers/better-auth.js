/** better-auth with its anonymous plugin on the same driver and durability; its limiter is off. */
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { anonymous } from "better-auth/plugins";
import Database from "better-sqlite3";
import { pragmas } from "../support/sqlite-settings.js";

const database = new Database(process.env.DATABASE_FILE);
for (const pragma of pragmas) database.pragma(pragma);
const options = {
  database,
  baseURL: `http://127.0.0.1:${process.env.PORT}`,
  secret: "the secret of a benchmark, 0123456789",
  trustedOrigins: ["http://127.0.0.1"],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [anonymous()],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const handle = toNodeHandler(betterAuth(options));
createServer((request, response) => {
  if (request.url === "/readyz") response.end();
  else handle(request, response);
}).listen(Number(process.env.PORT), "127.0.0.1");
