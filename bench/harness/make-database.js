import "reflect-metadata";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pino } from "pino";

const built = (/** @type {string} */ name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

/** The tables of the built gateway, and a few deployments made through its services. */
export async function createDatabaseAt(/** @type {string} */ url) {
  if (!existsSync(built("core.js")))
    throw new Error("There is no dist/core.js. Run `npm run build:gateway` first.");
  const { openCore, readAllSettings } = await import(built("core.js"));
  const { operatorContext } = await import(built("request-context.js"));
  const settings = readAllSettings({ ...process.env, DATABASE_URL: url });
  const core = await openCore({ settings, log: pino({ level: "silent" }) });
  try {
    const { deployments } = core.services;
    const context = operatorContext("night shift", { ipAddress: null, userAgent: null });
    if (deployments.liveVersion() > 1) return;
    for (const [name, enabled, note] of [
      ["local-userpass", true, "Email and password"],
      ["api-key", true, "Keys for programs"],
      ["api-key", false, "<b>Not</b> yet"],
    ]) {
      await deployments.saveProviders(context, [{ name, enabled }]);
      await deployments.deploy(context, { note }).catch((/** @type {Error & { code?: string }} */ error) => {
        if (error.code !== "NOTHING_TO_DEPLOY") throw error;
      });
    }
  } finally {
    await core.close();
  }
}
