/** The built gateway, with rate limits disabled. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ownCheckout = fileURLToPath(new URL("../..", import.meta.url));
const built = (/** @type {string} */ name, checkout = ownCheckout) => join(checkout, "dist", name);
export const main = built("main.js");
export const cli = built("cli.js");

export const gatewaySettings = {
  RATE_LIMITS: "off",
  GUEST_PROOF_OF_WORK: "off",
  LOG_LEVEL: "warn",
  INITIAL_PROVIDERS: "anon-user",
  MASTER_KEY: "bench-master-key-0123456789-0123456789",
  ADMIN_KEY: "bench-admin-key-0123456789-0123456789",
};

/** An SQLite file with the gateway's tables, in a folder of its own. @returns {Promise<string>} its path */
export async function createDatabase(
  /** @type {import("../harness/stage.js").Stage} */ stage,
  checkout = ownCheckout,
) {
  const ownCli = built("cli.js", checkout);
  if (!existsSync(ownCli))
    throw new Error(`There is no ${ownCli}. Run \`npm run build:gateway\` in ${checkout} first.`);
  const file = join(stage.subfolder("sqlite"), "passerby.sqlite");
  await stage.runToEnd(ownCli, ["migrate"], { ...gatewaySettings, DATABASE_URL: `sqlite:${file}` });
  return file;
}

export async function startGateway(
  /** @type {import("../harness/stage.js").Stage} */ stage,
  /** @type {{ databaseUrl?: string, checkout?: string, env?: Record<string, string> }} */
  { databaseUrl, checkout, env } = {},
) {
  const url = databaseUrl ?? `sqlite:${await createDatabase(stage, checkout)}`;
  return stage.startServer(built("main.js", checkout), { ...gatewaySettings, DATABASE_URL: url, ...env });
}

/**
 * The gateway of the checkout in `--against`, and the wanted ratio.
 * @returns {Promise<{ subjects: import("../harness/rounds.js").Subject[], ratios: import("../harness/rounds.js").Wanted[] }>}
 */
export async function startGatewayBefore(
  /** @type {import("../harness/stage.js").Stage} */ stage,
  /** @type {(port: number) => import("../harness/rounds.js").Subject["scenario"] | Promise<import("../harness/rounds.js").Subject["scenario"]>} */ scenarioOf,
) {
  const { against } = stage.options;
  if (!against) return { subjects: [], ratios: [] };
  const server = await startGateway(stage, { checkout: against });
  return {
    subjects: [{ name: "before", server, scenario: await scenarioOf(server.port) }],
    ratios: [{ of: "gateway", to: "before", atLeast: 0.97 }],
  };
}
