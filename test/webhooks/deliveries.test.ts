/** Deliveries as operators list and repeat them. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { redeliverParked } from "../../src/webhooks/deliveries.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import { createDatabase, databases } from "../support/gateway.ts";
import { TestClock } from "../support/test-clock.ts";
import { eventually, idsOf, openSubscribers, type Subscribers } from "../support/webhooks.ts";

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let subscribers: Subscribers;
  let receiver: Endpoint;
  beforeAll(async () => {
    database = await createDatabase(name);
    receiver = await startEndpoint(answerJson({}));
    subscribers = await openSubscribers({ url: database.url, clock: new TestClock() });
  });
  afterAll(async () => {
    await subscribers.stop();
    await receiver.stop();
    await database.drop();
  });

  it("all parked deliveries are repeated, more than one batch of them, in the order of the user's events", async () => {
    const { services } = subscribers;
    const { endpoint } = await subscribers.subscribe(`http://127.0.0.1:${receiver.port}/`);
    const users = ["ada", "grace"];
    const recorded = Array.from({ length: 502 }, (_, index) => ({ userId: String(users[index % 2]) }));
    const ids = await subscribers.record(...recorded);
    await eventually(() => receiver.asked.length === ids.length);
    const isDone = async () =>
      Number(
        (
          await services.reads.query(
            "SELECT count(*) AS count FROM webhook_deliveries WHERE state = 'DELIVERED'",
          )
        )[0].count,
      ) === ids.length;
    await eventually(isDone);
    await services.writes.transaction((manager) =>
      manager.query("UPDATE webhook_deliveries SET state = 'PARKED', attempts = 9"),
    );

    receiver.asked.length = 0;
    expect(await redeliverParked(services, endpoint.id)).toBe(ids.length);
    expect(await redeliverParked(services, endpoint.id)).toBe(0);
    await eventually(isDone);
    const again = receiver.asked.filter(({ body }) => JSON.parse(body).data.user.id === "ada");
    expect(idsOf(again)).toEqual(ids.filter((_, index) => index % 2 === 0));
    expect(receiver.asked).toHaveLength(ids.length);
  });
});
