/** Delivery: in order for each user, and once, by one gateway at a time. */
import { expect } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { systemContext } from "../../../src/request-context.ts";
import { rotateSecret, updateEndpoint } from "../../../src/webhooks/endpoints.ts";
import { listDeliveries, onEachDatabase, pass } from "../../support/delivery-stage.ts";
import { type Asked, answerJson, answerStatus, hang } from "../../support/endpoint.ts";
import { eventually, idsOf } from "../../support/webhooks.ts";

onEachDatabase(
  "an event is delivered as Standard Webhooks has it, and the delivery says so",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver(answerJson({ fine: true }));
    const { secret, endpoint } = await gateway.subscribe(receiver.url);
    const [id] = await gateway.record({ userId: "u1", type: "user.disabled", data: { user: { id: "u1" } } });
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 1);
    const [asked] = receiver.asked as [Asked];
    const body = new Webhook(secret).verify(asked.body, asked.headers as Record<string, string>);
    expect(body).toEqual({
      type: "user.disabled",
      timestamp: expect.any(String),
      data: { user: { id: "u1" } },
    });
    expect(asked.headers["webhook-id"]).toBe(id);
    const [row] = await listDeliveries(gateway);
    expect(row).toMatchObject({ endpoint_id: endpoint.id, attempts: 1, last_status: 200, last_error: null });
    expect(row.last_answer).toBe('{"fine":true}');
  },
);

onEachDatabase(
  "events of a user arrive in order, and those of others do not wait for them",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    let failing = true;
    const receiver = await startReceiver(({ body }, response) => {
      const { user } = JSON.parse(body).data;
      response.writeHead(failing && user.id === "slow" ? 500 : 200).end();
    });
    await gateway.subscribe(receiver.url);
    const slow = await gateway.record(...Array.from({ length: 5 }, () => ({ userId: "slow" })));
    const quick = await gateway.record(...Array.from({ length: 20 }, () => ({ userId: "quick" })));
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 20);
    const sent = idsOf(receiver.asked);
    expect(sent.filter((id) => quick.includes(id))).toEqual(quick);
    expect(sent.filter((id) => slow.includes(id))).toEqual([slow[0]]);
    failing = false;
    pass(gateway, 5);
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 25);
    expect(idsOf(receiver.asked).filter((id) => slow.includes(id))).toEqual([slow[0], ...slow]);
  },
);

onEachDatabase(
  "hundreds of events that wait for a failed one delay no event of another user",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver(({ body }, response) => {
      response.writeHead(JSON.parse(body).data.user.id === "slow" ? 500 : 200).end();
    });
    await gateway.subscribe(receiver.url);
    const slow = await gateway.record(...Array.from({ length: 700 }, () => ({ userId: "slow" })));
    await gateway.services.eventLog.sequence();
    await eventually(() => receiver.asked.length === 1);
    await gateway.record({ userId: "quick" });
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 1);
    expect(idsOf(receiver.asked).filter((id) => slow.includes(id))).toEqual([slow[0]]);
  },
);

onEachDatabase(
  "a merge waits for both users, and both wait for it",
  async ({ startGateway, startReceiver }) => {
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
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 1);
    expect(new Set(idsOf(receiver.asked))).toEqual(new Set([linked, other]));
    failing.clear();
    pass(gateway, 5);
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 4);
    expect(idsOf(receiver.asked).slice(-3)).toEqual([linked, merged, later]);
  },
);

onEachDatabase("two gateways deliver each event once", async ({ startGateway, startReceiver }) => {
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
  await eventually(async () => (await listDeliveries(one, "state = 'DELIVERED'")).length === 80);
  expect(idsOf(receiver.asked).sort()).toEqual(ids.sort());
});

onEachDatabase(
  "another gateway takes over from one that vanished, once its lease has expired",
  async ({ startGateway, startReceiver }) => {
    const gateway = await startGateway();
    const receiver = await startReceiver();
    const { endpoint } = await gateway.subscribe(receiver.url);
    await gateway.services.writes.transaction((manager) =>
      manager.query(
        `INSERT INTO job_leases (name, owner, leased_until) VALUES ('webhook-endpoint:${endpoint.id}', 'vanished', ${+gateway.services.clock.now() + 30_000})`,
      ),
    );
    await gateway.record({ userId: "u" });
    await eventually(async () => (await listDeliveries(gateway)).length === 1);
    pass(gateway, 29);
    await gateway.services.eventLog.sequence();
    expect(receiver.asked).toHaveLength(0);
    pass(gateway, 1);
    await eventually(async () => (await listDeliveries(gateway, "state = 'DELIVERED'")).length === 1);
  },
);

onEachDatabase(
  "one that stops leaves its endpoints to others at once, and what it did not finish",
  async ({ startGateway, startReceiver }) => {
    const first = await startGateway();
    const receiver = await startReceiver(hang);
    await first.subscribe(receiver.url);
    await first.record({ userId: "u" });
    await eventually(() => receiver.asked.length === 1);
    await first.stop();
    receiver.reply(answerStatus(200));
    const second = await startGateway();
    await eventually(async () => (await listDeliveries(second, "state = 'DELIVERED'")).length === 1);
    expect((await listDeliveries(second))[0]).toMatchObject({ attempts: 1, last_error: null });
  },
);

onEachDatabase(
  "after a rotation both secrets verify for a day, and then the new one alone",
  async ({ startGateway, startReceiver }) => {
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
    gateway.services.clock.advance({ days: 1 });
    await gateway.record({ userId: "u" });
    await eventually(() => receiver.asked.length === 2);
    const [, alone] = receiver.asked as [Asked, Asked];
    expect([secret, old].map((key) => verifies(key, alone))).toEqual([true, false]);
  },
);

onEachDatabase(
  "a disabled endpoint gets nothing, and everything once it is enabled",
  async ({ startGateway, startReceiver }) => {
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
  },
);

onEachDatabase("an endpoint gets the types that it takes", async ({ startGateway, startReceiver }) => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  await gateway.subscribe(receiver.url, { types: ["user.deleted"] });
  const [, deleted] = await gateway.record(
    { userId: "u", type: "user.disabled" },
    { userId: "u", type: "user.deleted" },
  );
  await eventually(() => receiver.asked.length === 1);
  expect(idsOf(receiver.asked)).toEqual([deleted]);
  expect(await listDeliveries(gateway)).toHaveLength(1);
});

onEachDatabase("connections are kept open", async ({ startGateway, startReceiver }) => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  await gateway.subscribe(receiver.url);
  await gateway.record(...Array.from({ length: 200 }, (_, index) => ({ userId: `u${index}` })));
  await eventually(() => receiver.asked.length === 200);
  expect(receiver.connections()).toBeLessThanOrEqual(16);
});
