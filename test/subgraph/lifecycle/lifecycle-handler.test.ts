/** The handler of events in the servers that people use: what runs, how often, and what the gateway is answered. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import bodyParser from "body-parser";
import Fastify from "fastify";
import { Webhook } from "standardwebhooks";
import {
  type LifecycleEvent,
  type LifecycleHandler,
  type LifecycleOptions,
  lifecycleHandler,
} from "../../../src/subgraph/index.ts";
import {
  customEvent,
  deliver,
  forgedEvents,
  lifecycleEventTypes,
  reorderedEvents,
  retriedEvent,
  signedEvent,
  TEST_SECRET,
  userHistory,
} from "../../../src/testing/index.ts";

const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const MAX_BODY_BYTES = 262_144;

interface Running {
  readonly url: string;
  stop(): Promise<unknown>;
}

const serve = async (
  listener: (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => void,
): Promise<Running> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/events`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
};

type Parser = ReturnType<typeof bodyParser.raw>;
/** As Express does it: `app.use(parser)`, then the handler. */
const behind = (parser: Parser) => (handler: LifecycleHandler) =>
  serve((request, response) => {
    parser(request, response, () => void handler(request, response));
  });

const serveFetch = (handler: LifecycleHandler): Promise<Running> =>
  serve(async (request, response) => {
    const { status, headers, text } = await forward(request, handler.fetch);
    response.writeHead(status, headers).end(text);
  });

async function forward(
  request: IncomingMessage,
  fetch: LifecycleHandler["fetch"],
): Promise<{ status: number; headers: Record<string, string>; text: string }> {
  const hasBody = request.method === "POST";
  const answer = await fetch(
    new Request("http://handler.test/", {
      method: String(request.method),
      headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ...(hasBody && { body: request as unknown as ReadableStream, duplex: "half" }),
    }),
  );
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    text: await answer.text(),
  };
}

const fastify =
  (parseAs: "buffer" | "string") =>
  async (handler: LifecycleHandler): Promise<Running> => {
    const app = Fastify({ bodyLimit: 1_048_576 });
    app.addContentTypeParser("application/json", { parseAs }, (_request, body, done) => done(null, body));
    app.all("/events", handler);
    return { url: `${await app.listen({ port: 0, host: "127.0.0.1" })}/events`, stop: () => app.close() };
  };

const servers: [name: string, start: (handler: LifecycleHandler) => Promise<Running>][] = [
  ["Node's http", serve],
  ["Express, with express.raw()", behind(bodyParser.raw({ type: "*/*", limit: "1mb" }))],
  ["Express, with express.text()", behind(bodyParser.text({ type: "*/*", limit: "1mb" }))],
  ["Fastify, with a parser to a buffer", fastify("buffer")],
  ["Fastify, with a parser to a string", fastify("string")],
  ["a server with fetch", serveFetch],
];

describe.each(servers)("lifecycleHandler in %s", (_, start) => {
  let running: Running;
  let options: Partial<LifecycleOptions> = {};
  let logged: string[] = [];
  let received = 0;
  beforeAll(async () => {
    // Each test has a handler of its own at the same address.
    let handler: LifecycleHandler;
    let made: unknown;
    const current = (): LifecycleHandler => {
      received += 1;
      if (made !== options) {
        handler = lifecycleHandler({
          secrets: [TEST_SECRET],
          log: (message) => logged.push(message),
          ...options,
        });
        made = options;
      }
      return handler;
    };
    running = await start(
      Object.assign((...args: Parameters<LifecycleHandler>) => current()(...args), {
        fetch: (request: Request) => current().fetch(request),
      }),
    );
  });
  afterAll(() => running.stop());
  beforeEach(() => {
    options = {};
    logged = [];
    received = 0;
  });

  it("acknowledges with 204 after the callback has resolved", async () => {
    const order: string[] = [];
    options = {
      async onMerged({ user, formerId }) {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${formerId} → ${user.id}`);
      },
    };
    const event = signedEvent("user.merged", { user: { id: "ada" }, formerId: "guest" });
    const delivered = deliver(running.url, event).then((result) => {
      order.push("answered");
      return result;
    });
    expect(await delivered).toEqual({ status: 204, receipt: null });
    expect(order).toEqual(["guest → ada", "answered"]);
    expect(logged).toEqual([]);
  });

  it("answers with the receipt of the callback, also to a repeated delivery", async () => {
    let runs = 0;
    options = {
      onDeleted: ({ user }) => {
        runs += 1;
        return `purged ${user.id} \u{1F5D1}`;
      },
    };
    const event = signedEvent("user.deleted", { user: { id: "ada" } });
    for (const each of [event, event, retriedEvent(event)]) {
      expect(await deliver(running.url, each)).toEqual({ status: 200, receipt: "purged ada \u{1F5D1}" });
    }
    expect(runs).toBe(1);
  });

  it("answers 500 when the callback throws, logs why, and runs it again at the next attempt", async () => {
    let runs = 0;
    options = {
      async onExpired() {
        runs += 1;
        if (runs === 1) throw new Error("the database is away");
      },
    };
    const event = signedEvent("user.expired");
    expect((await deliver(running.url, event)).status).toBe(500);
    expect(logged).toEqual([
      expect.stringMatching(new RegExp(`user\\.expired ${event.id} .*the database is away`)),
    ]);
    expect((await deliver(running.url, retriedEvent(event))).status).toBe(204);
    expect((await deliver(running.url, retriedEvent(event))).status).toBe(204);
    expect(runs).toBe(2);
  });

  it("runs the callback once for deliveries at the same time, and answers them alike", async () => {
    let finish = (_receipt: string): void => {};
    const finished = new Promise<string>((resolve) => {
      finish = resolve;
    });
    let runs = 0;
    options = {
      onUnlinked: () => {
        runs += 1;
        return finished;
      },
    };
    const event = signedEvent("user.unlinked");
    const answers = [1, 2, 3].map(() => deliver(running.url, event));
    while (received < 3) await new Promise((resolve) => setImmediate(resolve));
    // Time for all of them to be verified.
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    finish("once");
    expect(await Promise.all(answers)).toEqual(Array(3).fill({ status: 200, receipt: "once" }));
    expect(runs).toBe(1);
  });

  it("rejects every forged delivery with 401, and accepts the genuine one afterwards", async () => {
    const handled: string[] = [];
    options = { onEvent: ({ id }) => void handled.push(id) };
    const event = signedEvent("user.deleted");
    for (const { name, event: forged } of forgedEvents(event)) {
      expect([name, (await deliver(running.url, forged)).status]).toEqual([name, 401]);
    }
    expect(handled).toEqual([]);
    for (const hint of ["check the clock", "check that they are of this endpoint"]) {
      expect(logged.join()).toContain(hint);
    }
    expect(logged.join()).not.toContain(TEST_SECRET);
    expect((await deliver(running.url, event)).status).toBe(204);
    expect(handled).toEqual([event.id]);
  });

  it("rejects a body above 256 kB before it is verified, and reads one of 256 kB", async () => {
    let runs = 0;
    options = {
      onEvent: () => {
        runs += 1;
      },
    };
    const small = signedEvent("user.updated", {}, { id: "evt_small" });
    const fill = (size: number) => {
      const body = `${small.body}${" ".repeat(size - small.body.length)}`;
      const at = new Date();
      const signature = new Webhook(TEST_SECRET).sign(small.id, at, body);
      const headers = {
        ...small.headers,
        "webhook-timestamp": String(Math.floor(+at / 1_000)),
        "webhook-signature": signature,
      };
      return { headers, body };
    };
    expect((await deliver(running.url, fill(MAX_BODY_BYTES + 1))).status).toBe(413);
    expect(runs).toBe(0);
    expect((await deliver(running.url, fill(MAX_BODY_BYTES))).status).toBe(204);
    expect(runs).toBe(1);
  });

  it("rejects a large body that does not tell its length", async () => {
    const { headers } = signedEvent("user.updated");
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(running.url, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.once("error", reject);
      for (let sentBytes = 0; sentBytes <= MAX_BODY_BYTES; sentBytes += 65_536) {
        sent.write(Buffer.alloc(65_536, 32));
      }
      sent.end();
    });
    expect(status).toBe(413);
  });

  it("takes POST alone", async () => {
    const response = await fetch(running.url);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("lifecycleHandler", () => {
  const start = (options: Partial<LifecycleOptions> = {}) => {
    const logged: string[] = [];
    const handler = lifecycleHandler({
      secrets: [TEST_SECRET],
      log: (message) => logged.push(message),
      ...options,
    });
    return { handler, logged, send: (event: Parameters<typeof deliver>[1]) => deliver(handler.fetch, event) };
  };

  it.each(lifecycleEventTypes)(
    "gives %s to its own callback and to onEvent, and to no other",
    async (type) => {
      const ran: unknown[] = [];
      const names = [
        "onCreated",
        "onLinked",
        "onUnlinked",
        "onMerged",
        "onExpiring",
        "onExpired",
        "onDeleted",
        "onDisabled",
        "onEnabled",
        "onUpdated",
        "onSessionEnded",
      ];
      const callbacks = names.map((name) => [
        name,
        (data: object, event: object) => void ran.push([name, data, event]),
      ]);
      const { send } = start({
        ...Object.fromEntries(callbacks),
        onEvent: (event) => void ran.push(["onEvent", event]),
      });
      const { id, data, body, headers } = signedEvent(type);
      expect((await send({ body, headers })).status).toBe(204);
      const event = { id, type, timestamp: JSON.parse(body).timestamp, data };
      const own = `on${type
        .replace("user.", "")
        .split(".")
        .map((word) => word[0]?.toUpperCase() + word.slice(1))
        .join("")}`;
      expect(ran).toEqual([
        ["onEvent", event],
        [own, data, event],
      ]);
    },
  );

  it("acknowledges events without a callback, and types that are newer than it", async () => {
    const seen: LifecycleEvent[] = [];
    const { send } = start();
    expect(await send(signedEvent("user.created"))).toEqual({ status: 204, receipt: null });
    expect(await send(customEvent("user.promised", {}))).toEqual({ status: 204, receipt: null });
    const { send: sendToGeneral } = start({ onEvent: (event) => void seen.push(event) });
    const event = customEvent("user.promised", { user: { id: "ada" } });
    expect((await sendToGeneral(event)).status).toBe(204);
    expect(seen).toEqual([expect.objectContaining({ id: event.id, type: event.type, data: event.data })]);
  });

  it("acknowledges the test of an endpoint, which is no event of a user, without a callback", async () => {
    const { send, logged } = start({ onEvent: ({ data }) => data.user.id });
    const event = customEvent("webhook.test", { endpoint: { id: "1" } });
    expect(await send(event)).toEqual({ status: 204, receipt: null });
    expect(logged).toEqual([]);
  });

  it("takes the receipt of onEvent when the callback of the type has none", async () => {
    const receipts = { onEvent: () => "general", onDeleted: () => "own", onExpired: () => undefined };
    const { send } = start(receipts);
    expect((await send(signedEvent("user.deleted"))).receipt).toBe("own");
    expect((await send(signedEvent("user.expired"))).receipt).toBe("general");
  });

  it("acknowledges without a receipt that is too long, and logs it", async () => {
    const { send, logged } = start({ onDeleted: () => "é".repeat(513), onExpired: () => "é".repeat(512) });
    expect(await send(signedEvent("user.deleted"))).toEqual({ status: 204, receipt: null });
    expect(logged).toEqual([expect.stringContaining("longer than 1024 bytes")]);
    expect((await send(signedEvent("user.expired"))).receipt).toHaveLength(512);
  });

  it("verifies what the library signs, with each of its secrets and with several signatures", async () => {
    const body = JSON.stringify({
      type: "user.deleted",
      timestamp: "2026-01-01T00:00:00Z",
      data: { user: {} },
    });
    const [one, two] = [new Webhook(TEST_SECRET), new Webhook(OTHER_SECRET)];
    const at = new Date();
    const sign = (id: string, ...webhooks: Webhook[]) => ({
      body,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(+at / 1_000)),
        "webhook-signature": ["v1a,other", ...webhooks.map((webhook) => webhook.sign(id, at, body))].join(
          " ",
        ),
      },
    });
    const both = start({ secrets: [OTHER_SECRET, TEST_SECRET] });
    expect((await both.send(sign("1", one))).status).toBe(204);
    expect((await both.send(sign("2", two))).status).toBe(204);
    const single = start();
    expect((await single.send(sign("3", two, one))).status).toBe(204);
    expect((await single.send(sign("4", two))).status).toBe(401);
  });

  it("takes a signature in its canonical spelling alone", async () => {
    const { send } = start();
    const event = signedEvent("user.deleted");
    const signature = event.headers["webhook-signature"];
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // The same bytes to a lenient decoder, which ignores the last two bits.
    const next = alphabet[alphabet.indexOf(String(signature.at(-2))) + 1];
    const headers = { ...event.headers, "webhook-signature": `${signature.slice(0, -2)}${next}=` };
    expect((await send({ ...event, headers })).status).toBe(401);
    expect((await send(event)).status).toBe(204);
  });

  it.each([
    [-300, 204],
    [300, 204],
    [-302, 401],
    [302, 401],
  ])("judges a delivery of %i seconds from now as %i", async (seconds, status) => {
    const now = new Date("2026-03-04T05:06:07Z");
    const { send } = start({ clock: () => now });
    const sentAt = new Date(+now + seconds * 1_000);
    expect((await send(signedEvent("user.enabled", {}, { sentAt }))).status).toBe(status);
  });

  it.each([
    ["[]"],
    ["null"],
    ["no JSON"],
    ['{"type":"user.deleted","timestamp":"2026-01-01T00:00:00Z"}'],
    ['{"timestamp":"2026-01-01T00:00:00Z","data":{}}'],
  ])("answers 400 for the signed body %s, which is no event", async (body) => {
    let runs = 0;
    const { send } = start({
      onEvent: () => {
        runs += 1;
      },
    });
    const at = new Date();
    const headers = {
      ...signedEvent("user.deleted").headers,
      "webhook-id": "evt_1",
      "webhook-timestamp": String(Math.floor(+at / 1_000)),
      "webhook-signature": new Webhook(TEST_SECRET).sign("evt_1", at, body),
    };
    expect((await send({ body, headers })).status).toBe(400);
    expect(runs).toBe(0);
  });

  it("asks the store of the author, and adds an id only after the callback resolved", async () => {
    const calls: string[] = [];
    const ids = new Set(["evt_old"]);
    let fails = true;
    const { send } = start({
      onLinked: async () => {
        calls.push("callback");
        if (fails) throw new Error("not now");
      },
      seen: {
        async has(id) {
          calls.push(`has ${id}`);
          return ids.has(id);
        },
        async add(id) {
          calls.push(`add ${id}`);
          ids.add(id);
        },
      },
    });
    expect((await send(signedEvent("user.linked", {}, { id: "evt_old" }))).status).toBe(204);
    expect((await send(signedEvent("user.linked", {}, { id: "evt_new" }))).status).toBe(500);
    fails = false;
    expect((await send(signedEvent("user.linked", {}, { id: "evt_new" }))).status).toBe(204);
    expect((await send(signedEvent("user.linked", {}, { id: "evt_new" }))).status).toBe(204);
    expect(calls).toEqual([
      "has evt_old",
      "has evt_new",
      "callback",
      "has evt_new",
      "callback",
      "add evt_new",
      "has evt_new",
    ]);
  });

  it.each(["has", "add"] as const)("answers 500 when %s of the store fails", async (name) => {
    const seen = {
      has: () => false,
      add: () => {},
      [name]: () => Promise.reject(new Error("the store is away")),
    };
    const { send, logged } = start({ seen });
    expect((await send(signedEvent("user.linked"))).status).toBe(500);
    expect(logged).toEqual([expect.stringContaining("the store is away")]);
  });

  it("forgets the oldest ids, not the newest, so that its memory is bounded", async () => {
    const runs = new Map<string, number>();
    const { send } = start({ onEvent: ({ id }) => void runs.set(id, (runs.get(id) ?? 0) + 1) });
    const sendId = (id: string) => send(signedEvent("user.enabled", {}, { id }));
    for (let index = 0; index <= 10_000; index += 1) await sendId(`evt_${index}`);
    await sendId("evt_10000");
    await sendId("evt_0");
    expect([runs.get("evt_0"), runs.get("evt_10000")]).toEqual([2, 1]);
  });

  it("leaves a user deleted in every order of the events", async () => {
    const history = userHistory({ guest: "guest", survivor: "ada" });
    for (const order of [history, ...reorderedEvents(history)]) {
      const owners = new Map([
        ["draft", "guest"],
        ["letter", "ada"],
        ["other", "bob"],
      ]);
      const { send } = start({
        onMerged({ user, formerId }) {
          for (const [note, owner] of owners) if (owner === formerId) owners.set(note, user.id);
        },
        onDeleted({ user }) {
          for (const [note, owner] of owners) if (user.ids.includes(owner)) owners.delete(note);
        },
      });
      for (const event of order) expect((await send(event)).status).toBe(204);
      expect([...owners.keys()]).toEqual(["other"]);
    }
  });

  const parsers: [name: string, start: (handler: LifecycleHandler) => Promise<Running>, hint: RegExp][] = [
    ["express.json()", behind(bodyParser.json()), /handler before express\.json\(\)/],
    [
      "Fastify's own parser",
      async (handler) => {
        const app = Fastify();
        app.post("/events", handler);
        return { url: `${await app.listen({ port: 0, host: "127.0.0.1" })}/events`, stop: () => app.close() };
      },
      /In Fastify.*addContentTypeParser/,
    ],
    [
      "something that read the body and left nothing",
      (handler) => serve((request, response) => request.on("end", () => handler(request, response)).resume()),
      /the body was parsed before the handler got it/,
    ],
  ];
  it.each(parsers)(
    "behind %s answers 500, so that nothing is lost, and logs what to do",
    async (_, serveIt, hint) => {
      let runs = 0;
      const { handler, logged } = start({
        onEvent: () => {
          runs += 1;
        },
      });
      const running = await serveIt(handler);
      try {
        expect((await deliver(running.url, signedEvent("user.deleted"))).status).toBe(500);
        expect((await deliver(running.url, signedEvent("user.deleted"))).status).toBe(500);
      } finally {
        await running.stop();
      }
      expect(logged).toEqual([expect.stringMatching(hint)]);
      expect(runs).toBe(0);
    },
  );

  it("reads the body where a parser for another type left an empty object, as those of Express 4", async () => {
    const { handler } = start();
    const running = await serve(
      (request, response) => void handler(Object.assign(request, { body: {} }), response),
    );
    expect((await deliver(running.url, signedEvent("user.deleted"))).status).toBe(204);
    await running.stop();
  });

  it("does not answer where a timeout of the server has", async () => {
    const { handler } = start();
    let handled: Promise<void> | undefined;
    const running = await serve((request, response) => {
      handled = handler(request, response);
      response.writeHead(503).end();
    });
    expect((await deliver(running.url, signedEvent("user.deleted"))).status).toBe(503);
    await expect(handled).resolves.toBeUndefined();
    await running.stop();
  });

  it("survives a connection that breaks in the middle of the body", async () => {
    const { handler, logged } = start();
    let handled: Promise<void> | undefined;
    const running = await serve((request, response) => {
      handled = handler(request, response);
    });
    const { headers, body } = signedEvent("user.deleted");
    const sent = httpRequest(running.url, {
      method: "POST",
      headers: { ...headers, "content-length": body.length },
    });
    sent.on("error", () => {});
    sent.write(body.slice(0, 10));
    while (!handled) await new Promise((resolve) => setImmediate(resolve));
    sent.destroy();
    await expect(handled).resolves.toBeUndefined();
    expect(logged).toEqual([expect.stringContaining("the body could not be read")]);
    await running.stop();
  });

  it("takes the bytes that a platform keeps beside the parsed body", async () => {
    const { handler } = start();
    const running = await serve((request, response) => {
      const chunks: Uint8Array[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const rawBody = Buffer.concat(chunks);
        void handler(Object.assign(request, { rawBody, body: JSON.parse(rawBody.toString()) }), response);
      });
    });
    expect((await deliver(running.url, signedEvent("user.deleted"))).status).toBe(204);
    await running.stop();
  });

  it("logs to console.error unless told otherwise, and nothing with null", async () => {
    const { handler } = start({ log: null, onDeleted: () => Promise.reject(new Error("away")) });
    const original = console.error;
    const printed: unknown[] = [];
    console.error = (...words) => printed.push(...words);
    try {
      expect((await deliver(handler.fetch, signedEvent("user.deleted"))).status).toBe(500);
      expect(printed).toEqual([]);
      const { fetch } = lifecycleHandler({ secrets: [OTHER_SECRET] });
      expect((await deliver(fetch, signedEvent("user.deleted"))).status).toBe(401);
    } finally {
      console.error = original;
    }
    expect(printed).toEqual([expect.stringMatching(/^lifecycleHandler: a delivery was answered with 401/)]);
  });

  it.each([
    ["no secret", { secrets: [] }, /at least one secret/],
    ["a secret that is undefined", { secrets: [undefined] }, /whsec_/],
    ["a secret without its prefix", { secrets: [TEST_SECRET.slice(6)] }, /whsec_/],
    ["a short secret", { secrets: ["whsec_YWJj"] }, /whsec_/],
    ["a secret that is not base64", { secrets: [`${TEST_SECRET}!`] }, /whsec_/],
    ["a misspelt callback", { secrets: [TEST_SECRET], onMerge: () => {} }, /no option onMerge/],
    [
      "a callback that is no function",
      { secrets: [TEST_SECRET], onMerged: "move" },
      /onMerged must be a function/,
    ],
  ])("does not start with %s", (_, options, message) => {
    expect(() => lifecycleHandler(options as unknown as LifecycleOptions)).toThrow(message);
    expect(() => lifecycleHandler(options as unknown as LifecycleOptions)).toThrow(TypeError);
  });
});
