/** What operators and servers do with events and webhooks, over HTTP, with what users really do as the cause. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  type Answer,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { eventually, idsOf } from "../support/webhooks.ts";

const ENDPOINT =
  "id url types requiresReceipt description createdAt disabled disabledAt failingSince lastError lastDeliveredAt pendingDeliveries parkedDeliveries";
const DELIVERY =
  "id event { id type at data } endpoint { id } state attempts createdAt nextAttemptAt lastAttemptAt lastStatus lastError lastAnswer deliveredAt requestBody";
const RECEIPT =
  "id eventId eventType endpointId endpointDescription userId formerUserId requestedAt dueAt receivedAt receipt state";

interface Delivery {
  readonly id: string;
  readonly event: { readonly type: string };
  readonly attempts: number;
}

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  const endpoints: Endpoint[] = [];

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({
      url: database.url,
      settings: {
        WEBHOOK_PRIVATE_ADDRESSES: "loopback",
        INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
      },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  afterEach(async () => {
    for (const { id } of await list())
      await run("mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) }", { id });
    for (const endpoint of endpoints.splice(0)) await endpoint.stop();
  });

  const run = async (query: string, variables: object = {}) => {
    const { data, errors } = await gateway.admin(query, { variables });
    if (errors?.[0]) throw new Error(errors[0].message);
    return data;
  };
  const list = async () => (await run(`{ webhookEndpoints { ${ENDPOINT} } }`)).webhookEndpoints;
  const create = (input: object): Promise<Answer> =>
    gateway.admin(
      `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { ${ENDPOINT} } secret } }`,
      { variables: { input } },
    );
  const update = async (id: string, input: object) =>
    (
      await run(
        `mutation ($id: ID!, $input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(id: $id, input: $input) { ${ENDPOINT} } }`,
        { id, input },
      )
    ).updateWebhookEndpoint;
  const receive = async (reply = answerJson({})): Promise<Endpoint & { url: string }> => {
    const endpoint = await startEndpoint(reply);
    endpoints.push(endpoint);
    return { ...endpoint, url: `http://127.0.0.1:${endpoint.port}/` };
  };
  const subscribe = async (url: string, input: object = {}) =>
    (await create({ url, ...input })).data.createWebhookEndpoint.endpoint;
  const events = async (args: string, token?: string) =>
    (
      await gateway.admin(
        `{ events(${args}) { edges { cursor node { id type at data } } pageInfo { hasNextPage endCursor } } }`,
        token === undefined ? {} : { token },
      )
    ).data.events;
  const nodes = (page: { edges: { node: object }[] }) => page.edges.map(({ node }) => node);
  const now = async (): Promise<string> => {
    for (let after: string | null = null; ; ) {
      const page = await events(`first: 100${after ? `, after: "${after}"` : ""}`);
      if (!page.pageInfo.hasNextPage) return page.pageInfo.endCursor;
      after = page.pageInfo.endCursor;
    }
  };
  const deliveries = async (args: string) =>
    nodes(
      (await run(`{ webhookDeliveries(${args}) { edges { node { ${DELIVERY} } } } }`)).webhookDeliveries,
    ) as Delivery[];
  let people = 0;
  const register = async (): Promise<{ id: string; accessToken: string; email: string }> => {
    const guest = await loginAnonymously(gateway);
    const email = `person${++people}@example.com`;
    const { data } = await linkEmail(gateway, guest.accessToken, email);
    return { id: guest.id, accessToken: data.linkIdentity.accessToken, email };
  };

  it("what users do is delivered and can be read, alike", async () => {
    const receiver = await receive();
    await subscribe(receiver.url);
    const start = await now();
    const user = await register();
    await run("mutation ($id: ID!) { disableUser(id: $id) { id } }", { id: user.id });
    await eventually(() => receiver.asked.length >= 3);
    const read = nodes(await events(`after: "${start}"`)) as { id: string; type: string; data: never }[];
    expect(read.map(({ type }) => type).sort()).toEqual(["user.created", "user.disabled", "user.linked"]);
    expect(idsOf(receiver.asked)).toEqual(read.map(({ id }) => id));
    expect(receiver.asked.map(({ body }) => JSON.parse(body).data)).toEqual(read.map(({ data }) => data));
  });

  it("an empty page leaves its cursor usable, also in an empty log", async () => {
    const start = await now();
    expect((await events(`after: "${start}"`)).pageInfo).toEqual({ hasNextPage: false, endCursor: start });
    const { id } = await register();
    const page = await events(`after: "${start}", types: ["user.linked"]`);
    expect(nodes(page)).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ promoted: true }) }),
    ]);
    expect(JSON.stringify(page)).toContain(id);
    for (const field of ["webhookDeliveries", "purgeReceipts"]) {
      const none = await run(`{ ${field}(userId: "unknown") { edges { cursor } pageInfo { endCursor } } }`);
      const { endCursor } = none[field].pageInfo;
      const again = await run(
        `{ ${field}(userId: "unknown", after: "${endCursor}") { pageInfo { endCursor } } }`,
      );
      expect(again[field].pageInfo.endCursor).toBe(endCursor);
    }
  });

  it("a server API key reads events, and nothing else of the admin graph", async () => {
    const made = await run('mutation { createServerApiKey(name: "notes") { secret apiKey { id } } }');
    const { secret, apiKey } = made.createServerApiKey;
    expect((await events("first: 1", secret)).edges).toHaveLength(1);
    expect(codeOf(await gateway.admin("{ webhookEndpoints { url } }", { token: secret }))).toBe("FORBIDDEN");
    expect(codeOf(await gateway.admin("{ users { edges { node { id } } } }", { token: secret }))).toBe(
      "FORBIDDEN",
    );
    const guest = await loginAnonymously(gateway);
    expect(
      codeOf(await gateway.admin("{ events { pageInfo { endCursor } } }", { token: guest.accessToken })),
    ).toBe("FORBIDDEN");
    await run("mutation ($id: ID!) { disableServerApiKey(id: $id) { id } }", { id: apiKey.id });
    expect(codeOf(await gateway.admin("{ events { pageInfo { endCursor } } }", { token: secret }))).toBe(
      "UNAUTHENTICATED",
    );
  });

  it.each([
    ["a URL of another scheme", { url: "ftp://example.com/" }, /https or http URL/],
    ["what is not a URL", { url: "nowhere" }, /https or http URL/],
    [
      "a private address",
      { url: "http://10.1.2.3/" },
      /private address \(10\.1\.2\.3\).*WEBHOOK_PRIVATE_ADDRESSES/,
    ],
    ["a private address in disguise", { url: "http://0xa9fea9fe/" }, /169\.254\.169\.254/],
    ["a private IPv6 address", { url: "http://[fd00::1]/" }, /private address/],
    ["a password", { url: "https://user:secret@example.com/" }, /user name or password/],
    [
      "an unknown type",
      { url: "https://example.com/", types: ["user.born"] },
      /no event type "user.born".*user\.created, .*session\.ended/,
    ],
    ["an empty list of types", { url: "https://example.com/", types: [] }, /Leave it out to take all/],
    ["a long description", { url: "https://example.com/", description: "x".repeat(201) }, /200 characters/],
  ])("%s is rejected, with what to do", async (_, input, message) => {
    const answer = await create(input);
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.message).toMatch(message);
    expect(await list()).toEqual([]);
  });

  it("unknown types are rejected where events are read, too", async () => {
    expect(codeOf(await gateway.admin('{ events(types: ["user.born"]) { pageInfo { endCursor } } }'))).toBe(
      "BAD_USER_INPUT",
    );
    expect(codeOf(await gateway.admin('{ events(after: "bm9uZQ") { pageInfo { endCursor } } }'))).toBe(
      "BAD_USER_INPUT",
    );
  });

  it("endpoints are created, changed and deleted, and the audit log has all of it without a secret or a path", async () => {
    const made = await create({
      url: "https://hooks.example.com/path-with-token#part",
      types: ["user.merged", "user.merged"],
      description: " Notes ",
    });
    const { endpoint, secret } = made.data.createWebhookEndpoint;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).toMatchObject({
      ...{ url: "https://hooks.example.com/path-with-token", types: ["user.merged"], requiresReceipt: false },
      ...{
        description: "Notes",
        disabled: false,
        disabledAt: null,
        pendingDeliveries: 0,
        parkedDeliveries: 0,
      },
    });
    expect(await update(endpoint.id, { disabled: true, types: null })).toMatchObject({
      ...{ disabled: true, types: null, description: "Notes", url: endpoint.url },
    });
    expect(await update(endpoint.id, { disabled: false, description: null })).toMatchObject({
      ...{ disabled: false, disabledAt: null, description: null },
    });
    const rotated = await run(
      "mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret endpoint { id } } }",
      { id: endpoint.id },
    );
    expect(rotated.rotateWebhookSecret.secret).not.toBe(secret);
    await run("mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) }", { id: endpoint.id });
    for (const mutation of [
      "deleteWebhookEndpoint(id: $id)",
      "rotateWebhookSecret(id: $id) { secret }",
      "updateWebhookEndpoint(id: $id, input: {}) { id }",
      "testWebhookEndpoint(id: $id) { id }",
    ]) {
      const answer = await gateway.admin(`mutation ($id: ID!) { ${mutation} }`, {
        variables: { id: endpoint.id },
      });
      expect(codeOf(answer)).toBe("WEBHOOK_ENDPOINT_NOT_FOUND");
    }
    const audit = await run(
      "{ auditEvents(first: 5, filter: { actions: [WEBHOOK_ENDPOINT_CREATED, WEBHOOK_ENDPOINT_UPDATED, WEBHOOK_ENDPOINT_DELETED, WEBHOOK_SECRET_ROTATED] }) { edges { node { action target actor { kind } detail } } } }",
    );
    const recorded = nodes(audit.auditEvents) as { action: string; target: string }[];
    expect(recorded.map(({ action }) => action)).toEqual([
      "WEBHOOK_ENDPOINT_DELETED",
      "WEBHOOK_SECRET_ROTATED",
      "WEBHOOK_ENDPOINT_UPDATED",
      "WEBHOOK_ENDPOINT_UPDATED",
      "WEBHOOK_ENDPOINT_CREATED",
    ]);
    expect(new Set(recorded.map(({ target }) => target))).toEqual(new Set([endpoint.id]));
    expect(JSON.stringify(recorded)).not.toMatch(/path-with-token|whsec_/);
  });

  it("a test is sent at once to that endpoint alone, is not retried, and is not in the events", async () => {
    const [one, other] = await Promise.all([receive(answerJson({ ok: true })), receive()]);
    const { id } = await subscribe(one.url);
    await subscribe(other.url);
    const start = await now();
    const test = async () =>
      (await run(`mutation ($id: ID!) { testWebhookEndpoint(id: $id) { ${DELIVERY} } }`, { id }))
        .testWebhookEndpoint;
    const passed = await test();
    expect(passed).toMatchObject({
      state: "DELIVERED",
      attempts: 1,
      lastStatus: 200,
      lastError: null,
      lastAnswer: '{"ok":true}',
      nextAttemptAt: null,
    });
    expect(passed.event.type).toBe("webhook.test");
    expect(one.asked[0]).toMatchObject({ body: passed.requestBody });
    expect(idsOf(one.asked)).toEqual([passed.event.id]);
    one.reply(answerJson({}, 500));
    expect(await test()).toMatchObject({
      state: "PARKED",
      lastStatus: 500,
      lastError: expect.stringMatching(/answered 500/),
    });
    const [failing] = await list();
    expect(failing).toMatchObject({
      failingSince: expect.any(String),
      lastError: expect.stringMatching(/answered 500/),
      pendingDeliveries: 0,
      parkedDeliveries: 0,
    });
    one.reply(answerJson({}, 404));
    await test();
    expect((await list())[0]).toMatchObject({
      failingSince: failing.failingSince,
      lastError: expect.stringMatching(/answered 404/),
    });
    const tests = (await deliveries(`endpointId: "${id}"`)).map((delivery) => delivery.id);
    const newest = async (args: string) =>
      (await deliveries(`endpointId: "${id}", newestFirst: true, ${args}`)).map((delivery) => delivery.id);
    expect(await newest("first: 3")).toEqual(tests.toReversed());
    const { webhookDeliveries } = await run(
      `{ webhookDeliveries(endpointId: "${id}", newestFirst: true, first: 2) { pageInfo { endCursor } } }`,
    );
    expect(await newest(`after: "${webhookDeliveries.pageInfo.endCursor}"`)).toEqual([tests[0]]);
    one.reply(answerJson({}));
    await test();
    expect((await list())[0]).toMatchObject({ failingSince: null, lastError: null });
    gateway.clock.advance({ minutes: 60 });
    expect((await events(`after: "${start}"`)).edges).toEqual([]);
    expect([one.asked.length, other.asked.length]).toEqual([4, 0]);
  });

  it("a redelivery keeps the id, also of what was delivered, and shows in the list by state, endpoint and user", async () => {
    const receiver = await receive();
    const { id } = await subscribe(receiver.url, { types: ["user.linked"] });
    const user = await register();
    await eventually(async () => (await deliveries(`endpointId: "${id}", state: DELIVERED`)).length === 1);
    const [delivered] = (await deliveries(`userId: "${user.id}"`)) as [Delivery];
    expect(delivered).toMatchObject({ state: "DELIVERED", endpoint: { id }, event: { type: "user.linked" } });
    const again = await run(`mutation ($id: ID!) { redeliver(deliveryId: $id) { ${DELIVERY} } }`, {
      id: delivered.id,
    });
    expect(again.redeliver).toMatchObject({
      id: delivered.id,
      state: "PENDING",
      attempts: 0,
      deliveredAt: null,
    });
    await eventually(() => receiver.asked.length === 2);
    expect(new Set(idsOf(receiver.asked)).size).toBe(1);
    expect(await deliveries(`userId: "unknown"`)).toEqual([]);
    expect(codeOf(await gateway.admin('mutation { redeliver(deliveryId: "none") { id } }'))).toBe(
      "WEBHOOK_DELIVERY_NOT_FOUND",
    );
  });

  it("the deletion of an account is complete when all that owe a receipt have confirmed, and names no address", async () => {
    const [quick, late, free] = await Promise.all([
      receive(answerJson({ receipt: "purged 3 notes" })),
      receive(answerJson({}, 500)),
      receive(),
    ]);
    await subscribe(quick.url, { requiresReceipt: true, description: "Notes" });
    const { id: lateId } = await subscribe(late.url, { requiresReceipt: true });
    await subscribe(free.url);
    const user = await register();
    const { data } = await gateway.graph("mutation { deleteMe { deletedUserId erasureId } }", {
      token: user.accessToken,
    });
    const { erasureId } = data.deleteMe;
    const erasure = async (id: string) =>
      (
        await gateway.graph(
          "query ($id: ID!) { erasure(id: $id) { requestedAt isComplete endpoints { description confirmedAt } } }",
          { variables: { id } },
        )
      ).data.erasure;
    const states = async (state: string) =>
      nodes(
        (
          await run(
            `{ purgeReceipts(userId: "${user.id}", state: ${state}) { edges { node { ${RECEIPT} } } } }`,
          )
        ).purgeReceipts,
      );
    await eventually(async () => (await states("RECEIVED")).length === 1);
    expect(await states("RECEIVED")).toEqual([
      expect.objectContaining({
        eventType: "user.deleted",
        endpointDescription: "Notes",
        userId: user.id,
        receipt: "purged 3 notes",
        formerUserId: null,
      }),
    ]);
    expect(await states("OUTSTANDING")).toEqual([
      expect.objectContaining({ endpointId: lateId, receivedAt: null }),
    ]);
    const open = await erasure(erasureId);
    expect(open).toEqual({
      requestedAt: expect.any(String),
      isComplete: false,
      endpoints: expect.arrayContaining([
        { description: "Notes", confirmedAt: expect.any(String) },
        { description: null, confirmedAt: null },
      ]),
    });
    expect(open.endpoints).toHaveLength(2);
    expect(await erasure("unknown")).toBeNull();
    const owed = async () => (await run("{ owedReceipts { outstanding overdue } }")).owedReceipts;
    const before = await owed();
    expect(before.outstanding).toBeGreaterThanOrEqual(1);
    gateway.clock.advance({ days: 7 });
    expect(await states("OUTSTANDING")).toEqual([]);
    expect(await states("OVERDUE")).toHaveLength(1);
    expect(await owed()).toEqual({ outstanding: 0, overdue: before.outstanding + before.overdue });
    const ofLate = await run(
      `{ purgeReceipts(endpointId: "${lateId}", newestFirst: true) { edges { node { userId endpointId } } } }`,
    );
    expect(nodes(ofLate.purgeReceipts)).toEqual([{ userId: user.id, endpointId: lateId }]);
    late.reply(answerJson("fine"));
    const [parked] = await deliveries(`endpointId: "${lateId}", userId: "${user.id}"`);
    const [unconfirmed] = (await deliveries(`endpointId: "${lateId}"`)).filter(
      ({ event }) => event.type === "user.deleted",
    );
    for (const each of [parked, unconfirmed])
      await run("mutation ($id: ID!) { redeliver(deliveryId: $id) { id } }", { id: each?.id });
    await eventually(async () => (await states("RECEIVED")).length === 2);
    expect((await erasure(erasureId)).isComplete).toBe(true);
  });

  it("the receipt of a merge is found by the guest's id and by the survivor's", async () => {
    const receiver = await receive(answerJson({ receipt: "x".repeat(1_025) }));
    const { id } = await subscribe(receiver.url, { requiresReceipt: true, types: ["user.merged"] });
    const owner = await register();
    const guest = await loginAnonymously(gateway);
    const conflict = await linkEmail(gateway, guest.accessToken, owner.email);
    await mergeUser(gateway, guest.accessToken, conflict.data.linkIdentity.mergeTicket);
    const receipts = async (id: string) =>
      nodes(
        (await run(`{ purgeReceipts(userId: "${id}", state: RECEIVED) { edges { node { ${RECEIPT} } } } }`))
          .purgeReceipts,
      ) as object[];
    await eventually(async () => (await receipts(guest.id)).length === 1);
    // Longer than a receipt may be.
    const merged = expect.objectContaining({
      eventType: "user.merged",
      userId: owner.id,
      formerUserId: guest.id,
      receipt: null,
    });
    expect([...(await receipts(guest.id)), ...(await receipts(owner.id))]).toEqual([merged, merged]);
    for (const user of [guest.id, owner.id]) {
      expect((await deliveries(`userId: "${user}", endpointId: "${id}"`)).length).toBe(1);
      expect(await deliveries(`userId: "${user}", endpointId: "unknown"`)).toEqual([]);
    }
  });

  it("metrics show the backlog, and attempts by endpoint", async () => {
    const receiver = await receive(answerJson({}, 500));
    const { id } = await subscribe(receiver.url);
    await register();
    await eventually(async () => {
      const pending = await deliveries(`endpointId: "${id}", state: PENDING`);
      return pending.length === 2 && pending.some(({ attempts }) => attempts > 0);
    });
    gateway.clock.advance({ minutes: 1 });
    const text = await gateway.app.http.metrics.metrics();
    expect(text).toMatch(
      new RegExp(`passerby_webhook_attempts_total{endpoint="${id}",outcome="failed"} [1-9]`),
    );
    expect(Number(/^passerby_webhook_deliveries_pending (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(2);
    expect(Number(/^passerby_webhook_oldest_pending_seconds (\d+)/m.exec(text)?.[1])).toBeGreaterThanOrEqual(
      60,
    );
    expect(text).toMatch(/^passerby_purge_receipts_overdue \d+$/m);
  });

  it("there are at most fifty endpoints", async () => {
    for (let count = 0; count < 50; count++) await subscribe("https://hooks.example.com/");
    const answer = await create({ url: "https://hooks.example.com/" });
    expect([codeOf(answer), answer.errors?.[0]?.message]).toEqual([
      "BAD_USER_INPUT",
      expect.stringMatching(/maximum/),
    ]);
  });
});
