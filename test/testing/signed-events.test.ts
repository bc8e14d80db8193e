/** The events of the testing kit, verified by the reference library of Standard Webhooks. */
import { describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { eventTypes } from "../../src/events/event-types.ts";
import {
  customEvent,
  deliver,
  forgedEvents,
  lifecycleEventTypes,
  reorderedEvents,
  retriedEvent,
  type SignedEvent,
  signedEvent,
  TEST_SECRET,
  userHistory,
} from "../../src/testing/index.ts";

const verify = ({ body, headers }: SignedEvent, secret = TEST_SECRET): unknown =>
  new Webhook(secret).verify(body, { ...headers });
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

describe("signed events", () => {
  it("are of every type", () => {
    expect(lifecycleEventTypes).toEqual(Object.keys(eventTypes));
  });

  it.each(lifecycleEventTypes)("%s is genuine, and has a user", (type) => {
    const event = signedEvent(type);
    expect(verify(event)).toEqual({ type, timestamp: expect.any(String), data: event.data });
    expect(event.data).toMatchObject({ user: { id: expect.any(String) } });
    expect(event.id).toMatch(/^evt_[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it("replace parts of their data, and keep the rest", () => {
    const event = signedEvent(
      "user.deleted",
      { user: { ids: ["ada", "guest"] } },
      { id: "evt_1", at: new Date("2026-02-03T04:05:06Z") },
    );
    expect(verify(event)).toEqual({
      type: "user.deleted",
      timestamp: "2026-02-03T04:05:06.000Z",
      data: { user: { id: expect.any(String), ids: ["ada", "guest"] } },
    });
    expect(event.headers["webhook-id"]).toBe("evt_1");
  });

  it("are signed with each of several secrets, and with no other", () => {
    const event = signedEvent("user.enabled", {}, { secrets: [OTHER_SECRET, TEST_SECRET] });
    expect(verify(event)).toEqual(verify(event, OTHER_SECRET));
    expect(() => verify(signedEvent("user.enabled"), OTHER_SECRET)).toThrow("No matching signature found");
  });

  it("may have any type and data", () => {
    const event = customEvent("user.promised", { promise: 1 });
    expect(verify(event)).toMatchObject({ type: "user.promised", data: { promise: 1 } });
  });

  it("are retried with the same id and body, and another signature", () => {
    const event = signedEvent("user.merged");
    const retried = retriedEvent(event, { sentAt: new Date(Date.now() + 60_000) });
    expect(verify(retried)).toEqual(verify(event));
    expect(retried.headers["webhook-id"]).toBe(event.headers["webhook-id"]);
    expect(retried.headers["webhook-signature"]).not.toBe(event.headers["webhook-signature"]);
  });
});

describe("forged events", () => {
  it.each(forgedEvents())("$name: the library rejects it", ({ event }) => {
    expect(() => verify(event)).toThrow();
  });

  it("differ from the genuine event, which the library accepts", () => {
    const event = signedEvent("user.deleted");
    expect(verify(event)).toBeDefined();
    const sent = forgedEvents(event).map((forged) =>
      JSON.stringify([forged.event.headers, forged.event.body]),
    );
    expect(new Set([...sent, JSON.stringify([event.headers, event.body])]).size).toBe(sent.length + 1);
  });
});

describe("the history of a user", () => {
  const history = userHistory({ guest: "g", survivor: "s" });

  it("merges the guest, and ends with both deleted", () => {
    expect(history.map(({ type }) => type)).toEqual([
      "user.created",
      "user.merged",
      "user.updated",
      "session.ended",
      "user.deleted",
    ]);
    expect(verify(history[1] as SignedEvent)).toMatchObject({ data: { formerId: "g", user: { id: "s" } } });
    expect(verify(history[4] as SignedEvent)).toMatchObject({ data: { user: { id: "s", ids: ["s", "g"] } } });
  });

  it("is reordered so that each event but the last comes last once", () => {
    const orders = reorderedEvents(history);
    expect(orders.map((order) => order.at(-1)?.type)).toEqual(history.slice(0, -1).map(({ type }) => type));
    for (const order of orders) expect(new Set(order)).toEqual(new Set(history));
  });
});

describe("deliver", () => {
  const event = signedEvent("user.deleted");

  it.each([
    ['{"receipt":"purged"}', "purged"],
    ['{"receipt":1}', null],
    ["OK", null],
    ["null", null],
  ])("finds in %s the receipt %s", async (text, receipt) => {
    const delivered = deliver(async () => new Response(text), event);
    expect(await delivered).toEqual({ status: 200, receipt });
  });

  it("sends the headers and the body by POST", async () => {
    const result = deliver(async (request) => {
      expect([request.method, await request.text()]).toEqual(["POST", event.body]);
      expect(Object.fromEntries(request.headers)).toMatchObject({ ...event.headers });
      return new Response('{"receipt":"no"}', { status: 500 });
    }, event);
    expect(await result).toEqual({ status: 500, receipt: null });
  });
});
