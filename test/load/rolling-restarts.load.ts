/** Restarting the gateways of a database one after the other, under load: no request fails. LOAD_RESTARTS (10) of each. */
import { expect, it } from "@jest/globals";
import { createDatabase, databases } from "../support/gateway.ts";
import { report } from "./support/program.ts";
import { rollingRestarts } from "./support/rolling-restarts.ts";

const RESTARTS = Number(process.env.LOAD_RESTARTS ?? 10);

it.each(databases)("no request fails while two gateways are restarted in turn, on %s", async (name) => {
  const database = await createDatabase(name);
  const result = await rollingRestarts({
    restarts: RESTARTS,
    settings: { DATABASE_URL: database.url, DRAIN_SECONDS: "2" },
  });
  const { requests, failures, exitCodes, stops } = result;
  report(
    `${name}: ${requests} requests, ${exitCodes.length} restarts, slowest ${Math.max(...stops)} ms, ${failures.length} failed`,
  );
  expect(failures).toEqual([]);
  expect(exitCodes).toEqual(Array(RESTARTS * 2).fill(0));
  expect(requests).toBeGreaterThan(RESTARTS * 100);
  await database.drop();
});
