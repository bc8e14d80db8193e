/** The event log: positions in the order of commits, and pages that skip and repeat nothing. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { purgeEvents } from "../../src/events/purge-events.ts";
import { createDatabase, databases } from "../support/database.ts";
import { TestClock } from "../support/test-clock.ts";
import { openSubscribers, type Subscribers } from "../support/webhooks.ts";

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let first: Subscribers;
  let second: Subscribers;
  const clock = new TestClock();

  beforeAll(async () => {
    database = await createDatabase(name);
    first = await openSubscribers({ url: database.url, clock });
    second = await openSubscribers({ url: database.url, clock });
  });
  afterAll(async () => {
    await Promise.all([first.stop(), second.stop()]);
    await database.drop();
  });

  const read = (after: number, types: string[] | null = null) =>
    first.services.eventLog.list({ after, limit: 1_000, types });
  const lastPosition = async () => {
    await first.services.eventLog.sequence();
    const [row] = await first.database.reads.query("SELECT max(position) AS last FROM events");
    return Number(row.last ?? 0);
  };

  it("events have positions in the order in which they were recorded", async () => {
    const ids = await first.record({ userId: "a" }, { userId: "b" }, { userId: "a" });
    const events = await read(0);
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect(events.map(({ position }) => Number(position))).toEqual([1, 2, 3]);
  });

  it("a reader with a cursor skips and repeats nothing while two gateways record and assign positions", async () => {
    const start = await lastPosition();
    const recorded: string[] = [];
    const record = async (from: Subscribers): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) {
        recorded.push(...(await from.record({ userId: `u${turn}` }, { userId: `v${turn}` })));
        await from.services.eventLog.sequence();
      }
    };
    const seen: string[] = [];
    let [after, isDone] = [start, false];
    const follow = async (): Promise<void> => {
      for (;;) {
        const wasDone = isDone;
        const page = await second.services.eventLog.list({ after, limit: 7, types: null });
        seen.push(...page.map(({ id }) => id));
        after = Number(page.at(-1)?.position ?? after);
        if (wasDone && page.length === 0) return;
        await new Promise(setImmediate);
      }
    };
    const following = follow();
    await Promise.all([record(first), record(second)]);
    isDone = true;
    await following;
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort()).toEqual([...recorded].sort());
  });

  it("more events than one transaction takes all get a position", async () => {
    const start = await lastPosition();
    await first.record(...Array.from({ length: 1_200 }, () => ({ userId: "many" })));
    await first.services.eventLog.sequence();
    const [row] = await first.database.reads.query(
      `SELECT count(*) AS count, max(position) AS last FROM events WHERE position > ${start}`,
    );
    expect([Number(row.count), Number(row.last)]).toEqual([1_200, start + 1_200]);
  });

  it("a page has only the types that were asked for", async () => {
    const start = await lastPosition();
    const [, linked] = await first.record(
      { userId: "c" },
      { userId: "c", type: "user.linked" },
      { userId: "c", type: "user.disabled" },
    );
    expect((await read(start, ["user.linked"])).map(({ id }) => id)).toEqual([linked]);
    expect(await read(start, [])).toEqual([]);
  });

  it("user.created is stored once it has been read, on every gateway, until it was not read for thirty days", async () => {
    const fresh = await createDatabase(name);
    const one = await openSubscribers({ url: fresh.url, clock });
    const other = await openSubscribers({ url: fresh.url, clock });
    const stores = (each: Subscribers) => each.services.eventLog.stores("user.created");
    expect([stores(one), one.services.eventLog.stores("user.deleted")]).toEqual([false, true]);
    await one.services.eventLog.list({ after: 0, limit: 1, types: ["user.linked"] });
    expect(stores(one)).toBe(false);
    await one.services.eventLog.list({ after: 0, limit: 1, types: null });
    expect(stores(one)).toBe(true);
    await other.services.eventLog.refresh();
    expect(stores(other)).toBe(true);
    clock.advance({ days: 31 });
    expect([stores(one), stores(other)]).toEqual([false, false]);
    await one.stop();
    await other.stop();
    await fresh.drop();
  });

  it("user.created is stored while an endpoint takes it", async () => {
    const fresh = await createDatabase(name);
    const one = await openSubscribers({ url: fresh.url, clock });
    const stores = () => one.services.eventLog.stores("user.created");
    await one.subscribe("http://127.0.0.1:9/", { types: ["user.linked"] });
    expect(stores()).toBe(false);
    await one.subscribe("http://127.0.0.1:9/", { types: ["user.created"] });
    expect(stores()).toBe(true);
    await one.stop();
    await fresh.drop();
  });

  it("old events are purged with their deliveries, newer ones are not, and positions continue", async () => {
    await first.subscribe("http://127.0.0.1:9/");
    const before = await lastPosition();
    const [old] = await first.record({ userId: "old" });
    await first.services.eventLog.sequence();
    clock.advance({ days: 29 });
    const [young] = await first.record({ userId: "young" });
    await first.services.eventLog.sequence();
    clock.advance({ days: 1, seconds: 1 });
    await purgeEvents(first.services, 30);
    expect((await read(before)).map(({ id }) => id)).toEqual([young]);
    const deliveries = await first.database.reads.query("SELECT event_id FROM webhook_deliveries");
    expect(deliveries).toEqual([{ event_id: young }]);
    expect(old).not.toBe(young);
    clock.advance({ days: 31 });
    await purgeEvents(first.services, 30);
    await first.record({ userId: "next" });
    expect(Number((await read(0))[0]?.position)).toBe(before + 3);
  });
});
