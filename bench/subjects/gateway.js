/** Our gateway, as it is shipped, with its limits off. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const built = (/** @type {string} */ name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
export const main = built("main.js");

export const gatewaySettings = {
  RATE_LIMITS: "off",
  LOG_LEVEL: "warn",
  INITIAL_PROVIDERS: "anon-user",
  MASTER_KEY: "bench-master-key-0123456789-0123456789",
  ADMIN_KEY: "bench-admin-key-0123456789-0123456789",
};

/** An SQLite file with the gateway's tables, in a folder of its own. @returns {Promise<string>} its path */
export async function createDatabase(/** @type {import("../harness/stage.js").Stage} */ stage) {
  if (!existsSync(main)) throw new Error("There is no dist/main.js. Run `npm run build:gateway` first.");
  const file = join(stage.subfolder("sqlite"), "passerby.sqlite");
  await stage.runToEnd(built("cli.js"), ["migrate"], { ...gatewaySettings, DATABASE_URL: `sqlite:${file}` });
  return file;
}

export async function startGateway(
  /** @type {import("../harness/stage.js").Stage} */ stage,
  /** @type {string | undefined} */ databaseUrl = undefined,
) {
  const url = databaseUrl ?? `sqlite:${await createDatabase(stage)}`;
  return stage.startServer(main, { ...gatewaySettings, DATABASE_URL: url });
}
