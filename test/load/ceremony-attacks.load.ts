/** Hostile ceremonies of passkeys: none is accepted. LOAD_CEREMONIES (10,000), half on each database. LOAD_SEED repeats a run. */
import { expect, it } from "@jest/globals";
import { attack } from "../support/ceremony-attacks.ts";
import { freePort } from "../support/free-port.ts";
import { createDatabase, databases } from "../support/gateway.ts";
import { site } from "../support/passkeys.ts";
import { ask, deploy } from "./support/graph.ts";
import { report, startProgram } from "./support/program.ts";

const CEREMONIES = Number(process.env.LOAD_CEREMONIES ?? 10_000);
const seed = Number(process.env.LOAD_SEED ?? Date.now() % 1_000_000);

it.each(databases)("no hostile ceremony is accepted, and no user is changed, on %s", async (name) => {
  const database = await createDatabase(name);
  const settings = { DATABASE_URL: database.url, RATE_LIMITS: "off" };
  const program = await startProgram(settings, await freePort());
  const { rpId, origin } = site;
  await deploy(program.url, "passkey", { rpId, rpName: "Shop", origins: [origin] });
  const graph = async (query: string, options = {}) => {
    const answer = await ask(program.url, query, options);
    return { ...answer, headers: new Headers() };
  };
  const start = performance.now();
  const ceremonies = Math.ceil(CEREMONIES / databases.length);
  const attacked = attack({ graph }, { ceremonies, seed, clients: 8 });
  const { made, accepted } = await attacked.finally(() => program.end("SIGTERM"));
  const seconds = Math.round((performance.now() - start) / 1_000);
  const count = Object.values(made).reduce((a, b) => a + b, 0);
  report(`${name}: ${count} ceremonies in ${seconds} s, seed ${seed}, ${accepted.length} accepted`);
  for (const [attack, times] of Object.entries(made)) report(`  ${attack}: ${times}`);
  expect(accepted).toEqual([]);
  expect(count).toBe(ceremonies);
  expect(program.log()).not.toContain("INTERNAL_SERVER_ERROR");
  await database.drop();
});
