/** docs/events.md, followed by a newcomer: its programs as they stand, with the packed package, and its queries. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { type App, createApp } from "../../src/app.ts";
import { eventTypes } from "../../src/events/event-types.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { freePort } from "../support/free-port.ts";
import { ADMIN_KEY, createDatabase, MASTER_KEY } from "../support/gateway.ts";
import {
  blocksOf,
  installPrograms,
  type PagePrograms,
  type Program,
  readPage,
} from "../support/page-programs.ts";

const page = readPage("events.md");
const operations = blocksOf(page, "graphql");
/** The operation of the page that names a field. */
const operation = (field: string): string => {
  const found = operations.find((text) => new RegExp(`\\b${field}\\b`).test(text));
  if (!found) throw new Error(`docs/events.md has no ${field}.`);
  return found;
};

describe("docs/events.md", () => {
  let programs: PagePrograms;
  let app: App;
  let gatewayUrl: string;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  const asked = new Set<string>();

  beforeAll(async () => {
    programs = installPrograms(page, ["jose", "fastify"]);
    database = await createDatabase("sqlite");
    const port = await freePort();
    gatewayUrl = `http://127.0.0.1:${port}`;
    const settings = readSettings({
      DATABASE_URL: database.url,
      MASTER_KEY,
      ADMIN_KEY,
      PUBLIC_URL: gatewayUrl,
      RATE_LIMITS: "off",
      INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
      WEBHOOK_PRIVATE_ADDRESSES: "on",
    });
    app = await createApp({ settings, log: pino({ level: "silent" }) });
    await app.http.fastify.listen({ port, host: "127.0.0.1" });
  });
  afterAll(async () => {
    programs.stop();
    await app.stop();
    await database.drop();
  });

  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
  type Data = any;
  const ask = async (path: string, query: string, variables: object, token?: string): Promise<Data> => {
    asked.add(query);
    const response = await fetch(gatewayUrl + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  };
  const admin = (query: string, variables: object = {}): Promise<Data> =>
    ask("/admin/graphql", query, variables, ADMIN_KEY);
  const graph = (query: string, token?: string, variables: object = {}): Promise<Data> =>
    ask("/graphql", query, variables, token);

  /** Waits for deliveries, which take a moment. */
  const eventually = async (check: () => Promise<void> | void): Promise<void> => {
    const until = Date.now() + 15_000;
    for (;;) {
      try {
        return await check();
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };

  /** Creates the endpoint of the page at the address of a program, and starts that. */
  const subscribe = async (name: string): Promise<Program & { endpointId: string }> => {
    const port = String(await freePort());
    const mutation = operation("createWebhookEndpoint");
    asked.add(mutation);
    const { createWebhookEndpoint: created } = await admin(mutation.replace("4003", port));
    const program = await programs.start(name, { PORT: port, WEBHOOK_SECRET: created.secret });
    return { ...program, endpointId: created.endpoint.id };
  };

  const logIn = async (): Promise<{ id: string; token: string }> => {
    const { loginAnonymous } = await graph("mutation { loginAnonymous { user { id } accessToken } }");
    return { id: loginAnonymous.user.id, token: loginAnonymous.accessToken };
  };
  const link = `mutation { linkIdentity(credentials: { emailPassword: { email: "ada@example.com", password: "correct horse" } }) {
    ... on AuthPayload { accessToken } ... on IdentityConflict { mergeTicket } } }`;

  it.each(["events.js", "fastify-events.js"])("%s gets the events of a user, in order", async (name) => {
    const { endpointId, printed } = await subscribe(name);
    const tested = await admin(operation("testWebhookEndpoint"), { id: endpointId });
    expect(tested.testWebhookEndpoint).toEqual({ state: "DELIVERED", lastStatus: 204, lastError: null });
    const { id, token } = await logIn();
    const { deleteMe } = await graph(operation("deleteMe"), token);
    await eventually(() => expect(printed()).toContain(`user.created ${id}\nuser.deleted ${id}\n`));
    await eventually(async () => {
      const { erasure } = await graph(operation("erasure"), undefined, { id: deleteMe.erasureId });
      expect(erasure.isComplete).toBe(true);
    });
    const { purgeReceipts } = await admin(operation("purgeReceipts"), { userId: id });
    const own = purgeReceipts.edges.at(-1).node;
    expect(own).toMatchObject({
      state: "RECEIVED",
      userId: id,
      endpointDescription: "Notes",
      receipt: name === "events.js" ? "0 notes deleted" : null,
    });
    await admin("mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) }", { id: endpointId });
  });

  it("events.js gets a merge, under the secret of a rotation too", async () => {
    const { endpointId, printed } = await subscribe("events.js");
    const survivor = await logIn();
    await graph(link, survivor.token);
    const guest = await logIn();
    const { linkIdentity } = await graph(link, guest.token);
    const rotated = await admin(operation("rotateWebhookSecret"), { id: endpointId });
    expect(rotated.rotateWebhookSecret.secret).toMatch(/^whsec_/);
    await graph("mutation ($t: String!) { mergeUser(ticket: $t) { accessToken } }", guest.token, {
      t: linkIdentity.mergeTicket,
    });
    await eventually(() => expect(printed()).toContain(`user.merged ${survivor.id}\n`));
    expect(printed()).not.toContain(`user.deleted ${guest.id}`);
    await admin("mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) }", { id: endpointId });
  });

  it("shows what is parked", async () => {
    const { webhookEndpoints, webhookDeliveries } = await admin(operation("webhookDeliveries"));
    expect([webhookEndpoints, webhookDeliveries]).toEqual([[], { edges: [] }]);
  });

  it("pull.js prints the events since its cursor", async () => {
    const { createServerApiKey } = await admin('mutation { createServerApiKey(name: "pull") { secret } }');
    const variables = { PASSERBY_URL: gatewayUrl, SERVICE_KEY: createServerApiKey.secret };
    const pull = async (cursor?: string) => {
      const { status, output } = await programs.run("pull.js", {
        ...variables,
        ...(cursor && { CURSOR: cursor }),
      });
      expect([status, output]).toEqual([0, output]);
      return { output, cursor: /CURSOR=(\S+)/.exec(output)?.[1] };
    };
    const first = await pull();
    const { id, token } = await logIn();
    await graph(operation("deleteMe"), token);
    const second = await pull(first.cursor);
    expect(second.output).toBe(
      `user.created ${id}\nuser.deleted ${id}\ncontinue with CURSOR=${second.cursor}\n`,
    );
    const third = await pull(second.cursor);
    expect(third.output).toBe(`continue with CURSOR=${second.cursor}\n`);
  });

  it("events.test.js passes", () => {
    expect(programs.runTests("events.test.js")).toEqual({ status: 0, passed: 3, failed: 0 });
  });

  it("names every program and operation that is run here, and no other", () => {
    expect(programs.names).toEqual(["events.js", "fastify-events.js", "pull.js", "events.test.js"]);
    expect(operations.filter((each) => !asked.has(each))).toEqual([]);
  });

  it("lists every type, and no other", () => {
    const section = page.slice(page.indexOf("## The events"), page.indexOf("`reason` is"));
    const listed = [...section.matchAll(/^\| (`[a-z.` ]+`) \|/gm)].flatMap(([, names]) =>
      String(names).replaceAll("`", "").split(" "),
    );
    expect(listed).toEqual(Object.keys(eventTypes));
  });
});
