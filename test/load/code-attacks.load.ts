/**
 * Wrong codes and links by email from 1,000 addresses, with the limits at their defaults: none is accepted, and none is an
 * internal error. LOAD_CODES (100,000), half on each database. LOAD_SEED repeats a run.
 */
import { expect, it } from "@jest/globals";
import { attackCodes } from "../support/code-attacks.ts";
import { LINK_URL } from "../support/email-codes.ts";
import { freePort } from "../support/free-port.ts";
import { type Answer, createDatabase, databases } from "../support/gateway.ts";
import { startMailServer } from "../support/mail-server.ts";
import { deploy } from "./support/graph.ts";
import { report, startProgram } from "./support/program.ts";

const CODES = Number(process.env.LOAD_CODES ?? 100_000);
const seed = Number(process.env.LOAD_SEED ?? Date.now() % 1_000_000);

it.each(databases)("no wrong code is accepted on %s", async (name) => {
  const [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
  const settings = { DATABASE_URL: database.url, TRUST_PROXY: "1", ...mailServer.settings };
  const program = await startProgram(settings, await freePort());
  await deploy(program.url, "email-otp", { linkUrl: LINK_URL });
  const graph = async (query: string, options: Parameters<typeof send>[2] = {}): Promise<Answer> =>
    send(program.url, query, options);
  const start = performance.now();
  const tries = Math.ceil(CODES / databases.length);
  const options = { tries, addresses: 1_000, seed, clients: 16 };
  const attacked = attackCodes({ graph, mailServer }, options);
  const { made, answers, accepted } = await attacked.finally(() => program.end("SIGTERM"));
  const seconds = Math.round((performance.now() - start) / 1_000);
  report(`${name}: ${tries} wrong codes in ${seconds} s, seed ${seed}, ${accepted.length} accepted`);
  for (const [what, times] of Object.entries({ ...made, ...answers })) report(`  ${what}: ${times}`);
  expect(accepted).toEqual([]);
  expect(Object.keys(answers)).not.toContain("INTERNAL_SERVER_ERROR");
  expect(Object.keys(answers).filter((code) => code !== "RATE_LIMITED")).toEqual(["INVALID_CREDENTIALS"]);
  expect(program.log()).not.toContain("INTERNAL_SERVER_ERROR");
  await Promise.all([database.drop(), mailServer.down()]);
});

/** With headers: the gateway trusts one proxy, which this is. */
async function send(
  url: string,
  query: string,
  { token, variables, headers }: { token?: string | undefined; variables?: object; headers?: object },
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  return { ...((await response.json()) as Answer), status: response.status, headers: response.headers };
}
