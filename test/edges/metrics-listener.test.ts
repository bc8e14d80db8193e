/** `/metrics` is served on its own listener, and on no other. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, it } from "@jest/globals";
import { freePort } from "../support/free-port.ts";
import { endProcesses, rejectionOf, startProcess } from "../support/process.ts";

afterEach(endProcesses);

const DATABASE_URL = "sqlite::memory:";
const metricsUrl = (banner: string) => String(/Metrics +(\S+)/.exec(banner)?.[1]);

it("METRICS_PORT serves /metrics and nothing else, and the public port serves none", async () => {
  const port = await freePort();
  const { url, banner } = await startProcess({ DATABASE_URL, METRICS_PORT: String(port) });
  const address = `http://127.0.0.1:${port}`;
  expect(metricsUrl(banner)).toBe(`${address}/metrics`);
  await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const answer = await fetch(`${address}/metrics?x=1`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    expect.stringContaining("text/plain"),
  ]);
  const text = await answer.text();
  expect(text).toContain('passerby_http_request_seconds_count{route="/graphql",status="400"} 1');
  for (const path of ["/", "/graphql", "/livez", "/metrics/x", "/console"]) {
    expect((await fetch(address + path)).status).toBe(404);
  }
  expect((await fetch(`${address}/metrics`, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

it.each([["0.0.0.0:0"], ["127.0.0.1:0"], ["localhost:0"], ["[::1]:0"]])(
  "METRICS_PORT=%s names the host too",
  async (value) => {
    const { banner } = await startProcess({ DATABASE_URL, METRICS_PORT: value });
    expect((await fetch(metricsUrl(banner).replace("0.0.0.0", "127.0.0.1"))).status).toBe(200);
  },
);

it("a port that was set and is taken does not start; the default that is taken is gone without, and says so", async () => {
  const taken = createServer().listen(0, "127.0.0.1").unref();
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  expect(rejectionOf({ DATABASE_URL, METRICS_PORT: String(port) })).toBe(
    `Port ${port} is in use by another program. Stop that program, or set METRICS_PORT to another port or to off.\n`,
  );
  expect(rejectionOf({ DATABASE_URL, PORT: "4555", METRICS_PORT: "4555" })).toContain(
    "must differ from PORT",
  );
  taken.close();
  // Whichever of them comes second, or both when the machine already has one.
  const both = [
    await startProcess({ DATABASE_URL, METRICS_PORT: "" }),
    await startProcess({ DATABASE_URL, METRICS_PORT: "" }),
  ];
  const second = both[1];
  expect(second?.banner).toMatch(/Metrics +off: port 9464 is in use; set METRICS_PORT/);
  expect((await fetch(`${second?.url}/readyz`)).status).toBe(200);
  await second?.end("SIGTERM");
  expect(second?.output()).toContain("metrics are not served: Port 9464 is in use by another program.");
});

it("METRICS_PORT=off serves none", async () => {
  const { url, banner } = await startProcess({ DATABASE_URL, METRICS_PORT: "off" });
  expect(banner).toMatch(/Metrics +off/);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

it("metrics can be read until the end of draining, and hold nothing up", async () => {
  const { banner, end } = await startProcess({ DATABASE_URL, METRICS_PORT: "0", DRAIN_SECONDS: "1" });
  const ended = end("SIGTERM");
  await setTimeout(500);
  expect((await fetch(metricsUrl(banner))).status).toBe(200);
  expect(await ended).toBe(0);
  await expect(fetch(metricsUrl(banner))).rejects.toThrow();
});
