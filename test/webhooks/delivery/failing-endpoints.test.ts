/** Endpoints that fail: they delay no other, and get everything in the end. */
import { expect } from "@jest/globals";
import { readBacklog } from "../../../src/webhooks/backlog.ts";
import { listDeliveries, onEachDatabase, pass } from "../../support/delivery-stage.ts";
import { answerStatus, hang, type startEndpoint } from "../../support/endpoint.ts";
import { eventually, idsOf } from "../../support/webhooks.ts";

/** More than any answer that is read: sent until the other side has enough. */
const gigabytes: Parameters<typeof startEndpoint>[0] = (_asked, response) => {
  const chunk = Buffer.alloc(65_536);
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", write);
  };
  response.writeHead(200);
  write();
};

for (const [how, broken, status, why] of [
  ["hangs", hang, null, /no answer within 10 seconds/],
  ["answers 500", answerStatus(500), 500, /answered 500/],
  ["redirects", answerStatus(301, { location: "/elsewhere" }), 301, /Redirects are not followed/],
  ["answers 410", answerStatus(410), 410, /answered 410/],
  ["answers gigabytes", gigabytes, null, /longer than 65536 bytes/],
] as const) {
  onEachDatabase(
    `an endpoint that ${how} delays no other, says why, and gets everything once it is mended`,
    async ({ startGateway, startReceiver }) => {
      const gateway = await startGateway();
      const [bad, good] = await Promise.all([startReceiver(broken), startReceiver()]);
      const { endpoint } = await gateway.subscribe(bad.url);
      await gateway.subscribe(good.url);
      const ids = await gateway.record(
        ...Array.from({ length: 30 }, (_, index) => ({ userId: `u${index}` })),
      );
      await eventually(() => good.asked.length === 30);
      const ofBad = `d.endpoint_id = '${endpoint.id}'`;
      await eventually(
        async () => (await listDeliveries(gateway, `${ofBad} AND d.last_error IS NOT NULL`)).length >= 5,
        40,
      );
      const failed = await listDeliveries(gateway, `${ofBad} AND d.last_error IS NOT NULL`);
      for (const row of failed) {
        expect(row).toMatchObject({ state: "PENDING", last_status: status });
        expect(row.last_error).toMatch(why);
      }
      expect(failed[0].failing_since).not.toBeNull();
      bad.reply(answerStatus(200));
      await eventually(async () => {
        pass(gateway, 1);
        return (await listDeliveries(gateway, `${ofBad} AND state = 'DELIVERED'`)).length === 30;
      }, 40);
      const [delivered] = await listDeliveries(gateway, ofBad);
      expect([delivered.last_error, delivered.failing_since]).toEqual([null, null]);
      expect(new Set(idsOf(bad.asked))).toEqual(new Set(ids));
      expect(good.asked).toHaveLength(30);
    },
  );
}

onEachDatabase(
  "a private address is rejected at delivery too, and the delivery says what to do",
  async ({ startGateway, startReceiver }) => {
    const permissive = await startGateway();
    const receiver = await startReceiver();
    await permissive.subscribe(receiver.url);
    await permissive.stop();
    const gateway = await startGateway({ privateAddresses: false });
    await gateway.record({ userId: "u" });
    await eventually(async () => (await listDeliveries(gateway, "d.last_error IS NOT NULL")).length === 1);
    expect((await listDeliveries(gateway))[0].last_error).toMatch(/WEBHOOK_PRIVATE_ADDRESSES/);
    expect(receiver.connections()).toBe(0);
  },
);

onEachDatabase(
  "pauses grow, the third attempt comes within 100 seconds, and after three days it is parked and the next continues",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answerStatus(503));
    await gateway.subscribe(receiver.url);
    const [first, second] = await gateway.record({ userId: "u" }, { userId: "u" });
    const attempts = async (count: number) =>
      eventually(async () => (await listDeliveries(gateway, `attempts = ${count}`)).length === 1);
    await attempts(1);
    for (const [count, seconds] of [
      [2, 5],
      [3, 30],
      [4, 120],
      [5, 600],
      [6, 1_800],
      [7, 3_600],
    ] as const) {
      pass(gateway, seconds);
      await attempts(count);
    }
    pass(gateway, 3 * 86_400);
    await eventually(async () => (await listDeliveries(gateway, "state = 'PARKED'")).length >= 1);
    const [parked] = await listDeliveries(gateway);
    expect(parked).toMatchObject({ state: "PARKED", event_id: first, attempts: 8, last_status: 503 });
    await eventually(() => idsOf(receiver.asked).includes(String(second)));
  },
);

onEachDatabase(
  "after an outage everything that waits is delivered with the first success",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answerStatus(500));
    await gateway.subscribe(receiver.url);
    await gateway.record(...Array.from({ length: 8 }, (_, index) => ({ userId: `u${index}` })));
    for (const [attempts, seconds] of [
      [1, 0],
      [2, 5],
      [3, 30],
    ] as const) {
      pass(gateway, seconds);
      await eventually(async () => (await listDeliveries(gateway, `attempts = ${attempts}`)).length === 8);
    }
    receiver.reply(answerStatus(200));
    await gateway.record({ userId: "new" });
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 9);
  },
);

onEachDatabase(
  "a failing endpoint is asked about ten times a second",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answerStatus(500));
    await gateway.subscribe(receiver.url);
    const start = performance.now();
    await gateway.record(...Array.from({ length: 40 }, (_, index) => ({ userId: `u${index}` })));
    await eventually(() => receiver.asked.length === 40);
    // Some 20 before it is known that it fails, and then one after the other.
    expect(performance.now() - start).toBeGreaterThan(1_000);
  },
);

onEachDatabase(
  "while requests need the time, attempts are made one after the other",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway({ load: { isHigh: () => true, requests: () => 0 } });
    const receiver = await startReceiver();
    await gateway.subscribe(receiver.url);
    const start = performance.now();
    await gateway.record(...Array.from({ length: 12 }, (_, index) => ({ userId: `u${index}` })));
    await eventually(() => receiver.asked.length === 12);
    expect(performance.now() - start).toBeGreaterThan(1_000);
  },
);

onEachDatabase(
  "the backlog counts what is pending, and has the age of the oldest",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver(({ body }, response) =>
      response.writeHead(body.includes("works") ? 204 : 500).end(),
    );
    await gateway.subscribe(receiver.url);
    await gateway.record({ userId: "works" });
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 1);
    pass(gateway, 600);
    await gateway.record({ userId: "fails" }, { userId: "fails too" });
    await eventually(
      async () => (await listDeliveries(gateway, "attempts > 0 AND state = 'PENDING'")).length === 2,
    );
    pass(gateway, 60);
    const { pending, parked, oldestSeconds } = await readBacklog(gateway.services);
    expect({ pending, parked }).toEqual({ pending: 2, parked: 0 });
    expect(oldestSeconds).toBeGreaterThanOrEqual(60);
    expect(oldestSeconds).toBeLessThan(600);
  },
);
