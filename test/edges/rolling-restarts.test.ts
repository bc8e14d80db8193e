/** The short form of `test/load/rolling-restarts.load.ts`. */
import { expect, it } from "@jest/globals";
import { rollingRestarts } from "../load/support/rolling-restarts.ts";
import { createDatabase } from "../support/gateway.ts";

it("no request fails while two gateways are restarted in turn under load, and each exits with 0", async () => {
  const database = await createDatabase("sqlite");
  const { requests, failures, exitCodes, stops } = await rollingRestarts({
    restarts: 2,
    settings: { DATABASE_URL: database.url, DRAIN_SECONDS: "1" },
    clients: 4,
  });
  expect(failures).toEqual([]);
  expect(exitCodes).toEqual([0, 0, 0, 0]);
  expect(Math.max(...stops)).toBeLessThan(10_000);
  expect(Math.min(...stops)).toBeGreaterThanOrEqual(1_000);
  expect(requests).toBeGreaterThan(50);
  await database.drop();
});
