/** Delivery: in order for each user, once, and independent of endpoints that fail; everything is delivered in the end. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { systemContext } from "../../../src/request-context.ts";
import { readBacklog } from "../../../src/webhooks/backlog.ts";
import { rotateSecret, updateEndpoint } from "../../../src/webhooks/endpoints.ts";
import { createDatabase, databases } from "../../support/database.ts";
import { type Asked, answerJson, type Endpoint, startEndpoint } from "../../support/endpoint.ts";
import { TestClock } from "../../support/test-clock.ts";
import { eventually, idsOf, openSubscribers, type Subscribers } from "../../support/webhooks.ts";

const answer =
  (status: number, headers: Record<string, string> = {}): Parameters<typeof startEndpoint>[0] =>
  (_asked, response) =>
    void response.writeHead(status, headers).end();

const hang: Parameters<typeof startEndpoint>[0] = () => {};

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

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let clock: TestClock;
  const open: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    database = await createDatabase(name);
    // The time of this machine, because signatures are valid for minutes.
    clock = new TestClock(new Date());
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.stop();
    await database.drop();
  });

  const startGateway = async (
    options: Pick<Parameters<typeof openSubscribers>[0], "privateAddresses" | "load"> = {},
  ): Promise<Subscribers> => {
    const gateway = await openSubscribers({ url: database.url, clock, ...options });
    open.push(gateway);
    return gateway;
  };
  const startReceiver = async (reply = answer(204)): Promise<Endpoint & { url: string }> => {
    const endpoint = await startEndpoint(reply);
    open.push(endpoint);
    return { ...endpoint, url: `http://127.0.0.1:${endpoint.port}/hooks` };
  };
  const rows = (gateway: Subscribers, where = "1 = 1") =>
    gateway.database.reads.query(
      `SELECT d.*, e.failing_since FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE ${where} ORDER BY d.position`,
    );
  /** Moves the time on, and has the gateway look at what is due. */
  const pass = (gateway: Subscribers, seconds: number): void => {
    clock.advance({ seconds });
    gateway.services.eventLog.prompt();
  };

  it("an event is delivered as Standard Webhooks has it, and the delivery says so", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answerJson({ fine: true }));
    const { secret, endpoint } = await gateway.subscribe(receiver.url);
    const [id] = await gateway.record({ userId: "u1", type: "user.disabled", data: { user: { id: "u1" } } });
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 1);
    const [asked] = receiver.asked as [Asked];
    const body = new Webhook(secret).verify(asked.body, asked.headers as Record<string, string>);
    expect(body).toEqual({
      type: "user.disabled",
      timestamp: expect.any(String),
      data: { user: { id: "u1" } },
    });
    expect(asked.headers["webhook-id"]).toBe(id);
    const [row] = await rows(gateway);
    expect(row).toMatchObject({ endpoint_id: endpoint.id, attempts: 1, last_status: 200, last_error: null });
    expect(row.last_answer).toBe('{"fine":true}');
  });

  it("events of a user arrive in order, and those of others do not wait for them", async () => {
    const gateway = await startGateway();
    let failing = true;
    const receiver = await startReceiver(({ body }, response) => {
      const { user } = JSON.parse(body).data;
      response.writeHead(failing && user.id === "slow" ? 500 : 200).end();
    });
    await gateway.subscribe(receiver.url);
    const slow = await gateway.record(...Array.from({ length: 5 }, () => ({ userId: "slow" })));
    const quick = await gateway.record(...Array.from({ length: 20 }, () => ({ userId: "quick" })));
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 20);
    const sent = idsOf(receiver.asked);
    expect(sent.filter((id) => quick.includes(id))).toEqual(quick);
    expect(sent.filter((id) => slow.includes(id))).toEqual([slow[0]]);
    failing = false;
    pass(gateway, 5);
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 25);
    expect(idsOf(receiver.asked).filter((id) => slow.includes(id))).toEqual([slow[0], ...slow]);
  });

  it("hundreds of events that wait for a failed one delay no event of another user", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver(({ body }, response) => {
      response.writeHead(JSON.parse(body).data.user.id === "slow" ? 500 : 200).end();
    });
    await gateway.subscribe(receiver.url);
    const slow = await gateway.record(...Array.from({ length: 700 }, () => ({ userId: "slow" })));
    await gateway.services.eventLog.sequence();
    await eventually(() => receiver.asked.length === 1);
    await gateway.record({ userId: "quick" });
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 1);
    expect(idsOf(receiver.asked).filter((id) => slow.includes(id))).toEqual([slow[0]]);
  });

  it("a merge waits for both users, and both wait for it", async () => {
    const gateway = await startGateway();
    const failing = new Set(["guest"]);
    const receiver = await startReceiver(({ body }, response) => {
      response.writeHead(failing.has(JSON.parse(body).data.user.id) ? 500 : 200).end();
    });
    await gateway.subscribe(receiver.url);
    const [linked, merged, later] = await gateway.record(
      { userId: "guest", type: "user.updated" },
      { userId: "survivor", formerUserId: "guest", type: "user.merged" },
      { userId: "survivor", type: "user.updated" },
    );
    const [other] = await gateway.record({ userId: "other" });
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 1);
    expect(new Set(idsOf(receiver.asked))).toEqual(new Set([linked, other]));
    failing.clear();
    pass(gateway, 5);
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 4);
    expect(idsOf(receiver.asked).slice(-3)).toEqual([linked, merged, later]);
  });

  it.each([
    ["hangs", hang, null, /no answer within 10 seconds/],
    ["answers 500", answer(500), 500, /answered 500/],
    ["redirects", answer(301, { location: "/elsewhere" }), 301, /Redirects are not followed/],
    ["answers 410", answer(410), 410, /answered 410/],
    ["answers gigabytes", gigabytes, null, /longer than 65536 bytes/],
  ] as const)(
    "an endpoint that %s delays no other, says why, and gets everything once it is mended",
    async (_, broken, status, why) => {
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
        async () => (await rows(gateway, `${ofBad} AND d.last_error IS NOT NULL`)).length >= 5,
      );
      const failed = await rows(gateway, `${ofBad} AND d.last_error IS NOT NULL`);
      for (const row of failed) {
        expect(row).toMatchObject({ state: "PENDING", last_status: status });
        expect(row.last_error).toMatch(why);
      }
      expect(failed[0].failing_since).not.toBeNull();
      bad.reply(answer(200));
      await eventually(async () => {
        pass(gateway, 1);
        return (await rows(gateway, `${ofBad} AND state = 'DELIVERED'`)).length === 30;
      }, 40);
      const [delivered] = await rows(gateway, ofBad);
      expect([delivered.last_error, delivered.failing_since]).toEqual([null, null]);
      expect(new Set(idsOf(bad.asked))).toEqual(new Set(ids));
      expect(good.asked).toHaveLength(30);
    },
  );

  it("a private address is rejected at delivery too, and the delivery says what to do", async () => {
    const permissive = await startGateway();
    const receiver = await startReceiver();
    await permissive.subscribe(receiver.url);
    await permissive.stop();
    open.splice(open.indexOf(permissive), 1);
    const gateway = await startGateway({ privateAddresses: false });
    await gateway.record({ userId: "u" });
    await eventually(async () => (await rows(gateway, "d.last_error IS NOT NULL")).length === 1);
    expect((await rows(gateway))[0].last_error).toMatch(/WEBHOOK_PRIVATE_ADDRESSES/);
    expect(receiver.connections()).toBe(0);
  });

  it("pauses grow, the third attempt comes within 100 seconds, and after three days it is parked and the next continues", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answer(503));
    await gateway.subscribe(receiver.url);
    const [first, second] = await gateway.record({ userId: "u" }, { userId: "u" });
    const attempts = async (count: number) =>
      eventually(async () => (await rows(gateway, `attempts = ${count}`)).length === 1);
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
    clock.advance({ days: 3 });
    gateway.services.eventLog.prompt();
    await eventually(async () => (await rows(gateway, "state = 'PARKED'")).length >= 1);
    const [parked] = await rows(gateway);
    expect(parked).toMatchObject({ state: "PARKED", event_id: first, attempts: 8, last_status: 503 });
    await eventually(() => idsOf(receiver.asked).includes(String(second)));
  });

  it("after an outage everything that waits is delivered with the first success", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answer(500));
    await gateway.subscribe(receiver.url);
    await gateway.record(...Array.from({ length: 8 }, (_, index) => ({ userId: `u${index}` })));
    for (const [attempts, seconds] of [
      [1, 0],
      [2, 5],
      [3, 30],
    ] as const) {
      pass(gateway, seconds);
      await eventually(async () => (await rows(gateway, `attempts = ${attempts}`)).length === 8);
    }
    receiver.reply(answer(200));
    await gateway.record({ userId: "new" });
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 9);
  });

  it("a failing endpoint is asked about ten times a second", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answer(500));
    await gateway.subscribe(receiver.url);
    const start = performance.now();
    await gateway.record(...Array.from({ length: 40 }, (_, index) => ({ userId: `u${index}` })));
    await eventually(() => receiver.asked.length === 40);
    // Some 20 before it is known that it fails, and then one after the other.
    expect(performance.now() - start).toBeGreaterThan(1_000);
  });

  it("while requests need the time, attempts are made one after the other", async () => {
    const gateway = await startGateway({ load: { isHigh: () => true, requests: () => 0 } });
    const receiver = await startReceiver();
    await gateway.subscribe(receiver.url);
    const start = performance.now();
    await gateway.record(...Array.from({ length: 12 }, (_, index) => ({ userId: `u${index}` })));
    await eventually(() => receiver.asked.length === 12);
    expect(performance.now() - start).toBeGreaterThan(1_000);
  });

  it("the backlog counts what is pending, and has the age of the oldest", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver(({ body }, response) =>
      response.writeHead(body.includes("works") ? 204 : 500).end(),
    );
    await gateway.subscribe(receiver.url);
    await gateway.record({ userId: "works" });
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 1);
    pass(gateway, 600);
    await gateway.record({ userId: "fails" }, { userId: "fails too" });
    await eventually(async () => (await rows(gateway, "attempts > 0 AND state = 'PENDING'")).length === 2);
    pass(gateway, 60);
    const { pending, parked, oldestSeconds } = await readBacklog(gateway.services);
    expect({ pending, parked }).toEqual({ pending: 2, parked: 0 });
    expect(oldestSeconds).toBeGreaterThanOrEqual(60);
    expect(oldestSeconds).toBeLessThan(600);
  });

  it("two gateways deliver each event once", async () => {
    const [one, other] = [await startGateway(), await startGateway()];
    const receiver = await startReceiver();
    await one.subscribe(receiver.url);
    const ids: string[] = [];
    for (let turn = 0; turn < 40; turn++) {
      ids.push(
        ...(await one.record({ userId: `u${turn % 7}` })),
        ...(await other.record({ userId: `v${turn % 7}` })),
      );
    }
    await eventually(async () => (await rows(one, "state = 'DELIVERED'")).length === 80);
    expect(idsOf(receiver.asked).sort()).toEqual(ids.sort());
  });

  it("another gateway takes over from one that vanished, once its lease has expired", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver();
    const { endpoint } = await gateway.subscribe(receiver.url);
    await gateway.services.writes.transaction((manager) =>
      manager.query(
        `INSERT INTO job_leases (name, owner, leased_until) VALUES ('webhook-endpoint:${endpoint.id}', 'vanished', ${+clock.now() + 30_000})`,
      ),
    );
    await gateway.record({ userId: "u" });
    await eventually(async () => (await rows(gateway)).length === 1);
    pass(gateway, 29);
    await gateway.services.eventLog.sequence();
    expect(receiver.asked).toHaveLength(0);
    pass(gateway, 1);
    await eventually(async () => (await rows(gateway, "state = 'DELIVERED'")).length === 1);
  });

  it("one that stops leaves its endpoints to others at once, and what it did not finish", async () => {
    const first = await startGateway();
    const receiver = await startReceiver(hang);
    await first.subscribe(receiver.url);
    await first.record({ userId: "u" });
    await eventually(() => receiver.asked.length === 1);
    await first.stop();
    open.splice(open.indexOf(first), 1);
    receiver.reply(answer(200));
    const second = await startGateway();
    await eventually(async () => (await rows(second, "state = 'DELIVERED'")).length === 1);
    expect((await rows(second))[0]).toMatchObject({ attempts: 1, last_error: null });
  });

  it("after a rotation both secrets verify for a day, and then the new one alone", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver();
    const { endpoint, secret: old } = await gateway.subscribe(receiver.url);
    const { secret } = await rotateSecret(gateway.services, systemContext, endpoint.id);
    const verifies = (key: string, { body, headers }: Asked): boolean => {
      const now = Number(headers["webhook-timestamp"]);
      const signature = new Webhook(key).sign(String(headers["webhook-id"]), new Date(now * 1_000), body);
      return String(headers["webhook-signature"]).split(" ").includes(signature);
    };
    await gateway.record({ userId: "u" });
    await eventually(() => receiver.asked.length === 1);
    const [both] = receiver.asked as [Asked];
    expect([secret, old].map((key) => verifies(key, both))).toEqual([true, true]);
    expect(new Webhook(old).verify(both.body, both.headers as Record<string, string>)).toBeTruthy();
    clock.advance({ days: 1 });
    await gateway.record({ userId: "u" });
    await eventually(() => receiver.asked.length === 2);
    const [, alone] = receiver.asked as [Asked, Asked];
    expect([secret, old].map((key) => verifies(key, alone))).toEqual([true, false]);
  });

  it("a disabled endpoint gets nothing, and everything once it is enabled", async () => {
    const gateway = await startGateway();
    const [off, on] = await Promise.all([startReceiver(), startReceiver()]);
    const { endpoint } = await gateway.subscribe(off.url);
    await gateway.subscribe(on.url);
    await updateEndpoint(gateway.services, systemContext, { id: endpoint.id, disabled: true });
    const ids = await gateway.record({ userId: "u" }, { userId: "v" });
    await eventually(() => on.asked.length === 2);
    expect(off.asked).toHaveLength(0);
    await updateEndpoint(gateway.services, systemContext, { id: endpoint.id, disabled: false });
    await eventually(() => off.asked.length === 2);
    expect(new Set(idsOf(off.asked))).toEqual(new Set(ids));
  });

  it("an endpoint gets the types that it takes", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver();
    await gateway.subscribe(receiver.url, { types: ["user.deleted"] });
    const [, deleted] = await gateway.record(
      { userId: "u", type: "user.disabled" },
      { userId: "u", type: "user.deleted" },
    );
    await eventually(() => receiver.asked.length === 1);
    expect(idsOf(receiver.asked)).toEqual([deleted]);
    expect(await rows(gateway)).toHaveLength(1);
  });

  it("connections are kept open", async () => {
    const gateway = await startGateway();
    const receiver = await startReceiver();
    await gateway.subscribe(receiver.url);
    await gateway.record(...Array.from({ length: 200 }, (_, index) => ({ userId: `u${index}` })));
    await eventually(() => receiver.asked.length === 200);
    expect(receiver.connections()).toBeLessThanOrEqual(16);
  });
});
