/** The programs of docs/subgraphs.md, run as they stand with the packed package, against a real gateway. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { type App, createApp } from "../../src/app.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { freePort } from "../support/free-port.ts";
import { ADMIN_KEY, createDatabase, MASTER_KEY } from "../support/gateway.ts";
import { installPrograms, type PagePrograms, readPage } from "../support/page-programs.ts";

const MAX_ANSWER_MS = 10_000;

describe("docs/subgraphs.md", () => {
  let programs: PagePrograms;
  let app: App;
  let gatewayUrl: string;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let guest: string;
  let known: string;

  beforeAll(async () => {
    programs = installPrograms(readPage("subgraphs.md"), [
      "jose",
      "graphql",
      "@apollo",
      "graphql-yoga",
      "fastify",
    ]);
    database = await createDatabase("sqlite");
    const port = await freePort();
    gatewayUrl = `http://127.0.0.1:${port}`;
    const settings = readSettings({
      DATABASE_URL: database.url,
      MASTER_KEY,
      ADMIN_KEY,
      PUBLIC_URL: gatewayUrl,
      RATE_LIMITS: "off",
      INITIAL_PROVIDERS: "anon-user,local-userpass",
    });
    app = await createApp({ settings, log: pino({ level: "silent" }), housekeeping: false });
    await app.http.fastify.listen({ port, host: "127.0.0.1" });
    guest = (await graph("mutation { loginAnonymous { accessToken } }")).loginAnonymous.accessToken;
    const linked = await graph(
      `mutation { linkIdentity(credentials: { emailPassword: { email: "ada@example.com", password: "correct horse" } }) {
         ... on AuthPayload { accessToken } } }`,
      (await graph("mutation { loginAnonymous { accessToken } }")).loginAnonymous.accessToken,
    );
    known = linked.linkIdentity.accessToken;
  });
  afterAll(async () => {
    programs.stop();
    await app.stop();
    await database.drop();
  });

  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
  async function graph(query: string, token?: string): Promise<any> {
    const response = await fetch(`${gatewayUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data: unknown };
    return data;
  }

  const addresses = new Map<string, Promise<string>>();
  /** The address of a program of the page, which is started once. */
  function start(name: string): Promise<string> {
    const address =
      addresses.get(name) ?? programs.start(name, { PASSERBY_URL: gatewayUrl }).then(({ url }) => url);
    addresses.set(name, address);
    return address;
  }

  it.each(["apollo.js", "yoga.js"])("%s answers guests and permanent users as it says", async (name) => {
    const url = await start(name);
    const ask = async (query: string, token?: string): Promise<unknown> => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query }),
        signal: AbortSignal.timeout(MAX_ANSWER_MS),
      });
      const { data, errors } = (await response.json()) as {
        data?: Record<string, string>;
        errors?: { extensions: { code: string } }[];
      };
      return [response.status, errors?.[0]?.extensions.code ?? Object.values(data ?? {})[0]];
    };
    const { me } = await graph("{ me { id } }", guest);
    expect(await ask("{ cart }", guest)).toEqual([200, `cart of ${me.id}`]);
    expect(await ask("{ orders }", guest)).toEqual([200, "FORBIDDEN"]);
    expect(await ask("{ orders }", known)).toEqual([200, expect.stringContaining("orders of ")]);
    expect(await ask("{ cart }")).toEqual([200, "UNAUTHENTICATED"]);
    expect(await ask("{ cart }", `${known}x`)).toEqual([401, "UNAUTHENTICATED"]);
  });

  it("apollo.js is a subgraph that gives users a field", async () => {
    const url = await start("apollo.js");
    const query =
      '{ _entities(representations: [{ __typename: "User", id: "0123456789" }]) { ... on User { nickname } } }';
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(MAX_ANSWER_MS),
    });
    expect(await response.json()).toEqual({ data: { _entities: [{ nickname: "user 6789" }] } });
  });

  it("fastify.js and plain.js answer as they say", async () => {
    const { me } = await graph("{ me { id } }", guest);
    const get = async (url: string, token?: string): Promise<[number, string]> => {
      const response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
      return [response.status, await response.text()];
    };
    const cart = `${await start("fastify.js")}/cart`;
    expect(await get(cart, guest)).toEqual([200, JSON.stringify({ cartOf: me.id, keepsIt: false })]);
    expect(await get(cart)).toEqual([401, '{"message":"Log in first."}']);
    expect((await get(cart, "garbage"))[0]).toBe(401);
    const plain = await start("plain.js");
    expect(await get(plain, guest)).toEqual([200, JSON.stringify({ sub: me.id, is_anonymous: true })]);
    expect(await get(plain)).toEqual([401, "TOKEN_INVALID"]);
  });

  it.each(["verifier.test.js", "resolvers.test.js"])("%s passes", (name) => {
    const { status, passed, failed } = programs.runTests(name);
    expect([status, failed]).toEqual([0, 0]);
    expect(passed).toBeGreaterThan(0);
  });

  it("names every program that is run here, and no other", () => {
    expect(programs.names).toEqual([
      "apollo.js",
      "yoga.js",
      "fastify.js",
      "plain.js",
      "verifier.test.js",
      "resolvers.test.js",
    ]);
  });
});
