/** Signing in to the console over HTTP, on both databases, and who may use the cookie. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { purgeExpired } from "../../src/identity/users/purge.ts";
import {
  ADMIN_KEY,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";

const own = { "x-passerby-console": "1" };

const signIn = (gateway: Gateway, body: unknown, headers: object = own): Promise<Response> =>
  fetch(`${gateway.url}/console/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const cookieOf = (answer: Response): string => String(answer.headers.get("set-cookie")).split(";")[0] ?? "";
const messageOf = async (answer: Response): Promise<[number, string]> => {
  const body = (await answer.json()) as { errors: { message: string }[] };
  return [answer.status, String(body.errors[0]?.message)];
};
const look = (gateway: Gateway, cookie: string, headers: object = own): Promise<Response> =>
  fetch(`${gateway.url}/console/session`, { headers: { cookie, ...headers } });
const ask = (
  gateway: Gateway,
  cookie: string,
  headers: object = own,
  path = "/admin/graphql",
): Promise<Response> =>
  fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie, ...headers },
    body: '{"query":"{ draft { baseVersion } }"}',
  });

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  it("trades a key for a cookie that opens the admin graph, and keeps the key nowhere", async () => {
    const answer = await signIn(gateway, { adminKey: ` ${ADMIN_KEY}\n` });
    expect(answer.headers.get("set-cookie")).toMatch(
      /^passerby-console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(await answer.json()).toEqual({ name: "ADMIN_KEY", expiresAt: "2026-06-01T13:00:00.000Z" });
    const cookie = cookieOf(answer);
    expect(await (await look(gateway, cookie)).json()).toMatchObject({ name: "ADMIN_KEY" });
    expect(await (await ask(gateway, cookie)).json()).toEqual({ data: { draft: null } });
    const rows = JSON.stringify(await gateway.app.database.reads.query("SELECT * FROM operator_sessions"));
    expect(rows).not.toContain(ADMIN_KEY);
    expect(rows).not.toContain(cookie.split("=")[1]);
  });

  it("is recorded with who signed in and out, and from where", async () => {
    const cookie = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
    await fetch(`${gateway.url}/console/session`, { method: "DELETE", headers: { cookie, ...own } });
    const { data } = await gateway.admin(
      "{ auditEvents(first: 2) { edges { node { action ipAddress actor { kind name } } } } }",
    );
    const byOperator = { ipAddress: "127.0.0.1", actor: { kind: "OPERATOR", name: "ADMIN_KEY" } };
    expect(data.auditEvents.edges).toEqual([
      { node: { action: "CONSOLE_SIGNED_OUT", ...byOperator } },
      { node: { action: "CONSOLE_SIGNED_IN", ...byOperator } },
    ]);
  });

  it("has no user on the public graph", async () => {
    const cookie = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie, ...own },
      body: '{"query":"{ users { totalCount } }"}',
    });
    const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  it("signs out for good, and replaces the session that a browser had", async () => {
    const first = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
    const second = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }, { ...own, cookie: first }));
    expect((await look(gateway, first)).status).toBe(401);
    const out = await fetch(`${gateway.url}/console/session`, {
      method: "DELETE",
      headers: { cookie: second, ...own },
    });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toMatch(/^passerby-console=; Max-Age=0; Path=\//);
    expect(await messageOf(await ask(gateway, second))).toEqual([
      401,
      "This session has ended. Sign in again.",
    ]);
  });

  it("ends after an hour without use, which what a page asks by itself is not, and after twelve in any case", async () => {
    const idle = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
    const used = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
    for (let minutes = 0; minutes < 60; minutes += 30) {
      gateway.clock.advance({ minutes: 30 });
      expect((await ask(gateway, used)).status).toBe(200);
      await ask(gateway, idle, { "x-passerby-console": "background" });
    }
    expect((await look(gateway, idle)).status).toBe(401);
    for (let hours = 1; hours < 12; hours += 0.5) {
      expect((await ask(gateway, used)).status).toBe(200);
      gateway.clock.advance({ minutes: 30 });
    }
    expect((await ask(gateway, used)).status).toBe(401);
    expect(await countRows(gateway, "operator_sessions")).toBeGreaterThan(0);
    await purgeExpired(gateway.app.services);
    expect(await countRows(gateway, "operator_sessions")).toBe(0);
  });

  it("ends at once when its key is revoked", async () => {
    const { data } = await gateway.admin(
      'mutation { createAdminKey(name: "night") { secret adminKey { id } } }',
    );
    const { secret, adminKey } = data.createAdminKey;
    const cookie = cookieOf(await signIn(gateway, { adminKey: secret }));
    expect(await (await look(gateway, cookie)).json()).toMatchObject({ name: "night" });
    await gateway.admin("mutation ($id: ID!) { revokeAdminKey(id: $id) }", {
      variables: { id: adminKey.id },
    });
    expect((await ask(gateway, cookie)).status).toBe(401);
    expect(await messageOf(await signIn(gateway, { adminKey: secret }))).toEqual([
      401,
      "This admin key was revoked. Use another one.",
    ]);
  });

  it("ends when ADMIN_KEY is another one", async () => {
    const cookie = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
    const other = await startGateway({
      url: database.url,
      settings: { ADMIN_KEY: "another-admin-key-0123456789-0123456789" },
    });
    const [there, here] = [await ask(other, cookie), await ask(gateway, cookie)];
    // Before anything is expected: a gateway that is left running keeps the whole run from ending.
    await other.stop();
    expect([there.status, here.status]).toEqual([401, 200]);
  });
});

describe("a request", () => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let cookie: string;
  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({ url: database.url, settings: { RATE_LIMITS: "failedLogins=3/300" } });
    cookie = cookieOf(await signIn(gateway, { adminKey: ADMIN_KEY }));
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  it.each([
    ["without the console's header", {}],
    ["from another site", { ...own, "sec-fetch-site": "cross-site" }],
    ["from another port of this machine", { ...own, "sec-fetch-site": "same-site" }],
    ["from another origin, by an older browser", { ...own, origin: "http://127.0.0.1:5173" }],
    ["from a page without an origin", { ...own, origin: "null" }],
  ])("%s is rejected, whatever it asks", async (_case, headers) => {
    expect((await ask(gateway, cookie, headers)).status).toBe(403);
    expect((await look(gateway, cookie, headers)).status).toBe(403);
    expect((await signIn(gateway, { adminKey: ADMIN_KEY }, headers)).status).toBe(403);
  });

  it("from its own origin, or that of PUBLIC_URL behind a proxy, is answered", async () => {
    for (const origin of [gateway.url, "http://localhost:4000"]) {
      const headers = { ...own, origin, "sec-fetch-site": "same-origin" };
      expect((await ask(gateway, cookie, headers)).status).toBe(200);
    }
  });

  it("with an admin key in its header is answered as ever, and a wrong one is not made good by a cookie", async () => {
    expect((await ask(gateway, "", { authorization: `Bearer ${ADMIN_KEY}` })).status).toBe(200);
    expect((await ask(gateway, cookie, { ...own, authorization: `Bearer ${"x".repeat(40)}` })).status).toBe(
      401,
    );
  });

  it.each([
    ["no key", {}, 'Send JSON such as {"adminKey": "…"}.'],
    ["a number", { adminKey: 7 }, 'Send JSON such as {"adminKey": "…"}.'],
    ["an empty key", { adminKey: "  " }, "Enter an admin key."],
    ["a long key", { adminKey: "x".repeat(2_000) }, "This is too long to be an admin key."],
    ["a huge body", { adminKey: "x".repeat(100_000) }, "This is too long to be an admin key."],
    ["malformed JSON", '{"adminKey":', 'Send JSON such as {"adminKey": "…"}.'],
    ["an empty body", "", 'Send JSON such as {"adminKey": "…"}.'],
    ["null", "null", 'Send JSON such as {"adminKey": "…"}.'],
  ])("to sign in with %s is told what to do, and costs no attempt", async (_case, body, message) => {
    expect(await messageOf(await signIn(gateway, body))).toEqual([400, message]);
  });

  it("to sign in with a wrong key is rejected, and after some of them other wrong ones of that address are; a right one never is", async () => {
    const wrong = { adminKey: "y".repeat(40) };
    const answers = await Promise.all(Array.from({ length: 6 }, () => signIn(gateway, wrong)));
    const statuses = answers.map(({ status }) => status);
    // One was counted before, by the header: both ways share a count.
    expect(statuses.filter((status) => status === 401)).toHaveLength(2);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
    const rejected = await signIn(gateway, wrong);
    const seconds = Number(rejected.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(await messageOf(rejected)).toEqual([429, `Too many attempts. Try again in ${seconds} seconds.`]);
    // A neighbour's guesses do not keep out the operator, who cannot be distinguished by the address.
    expect((await signIn(gateway, { adminKey: ADMIN_KEY })).status).toBe(200);
    // Who is signed in stays so.
    expect((await ask(gateway, cookie)).status).toBe(200);
  });

  it("is not served where CONSOLE is off, nor is the cookie", async () => {
    const off = await startGateway({ url: database.url, settings: { CONSOLE: "off" } });
    expect((await fetch(`${off.url}/console`)).status).toBe(404);
    expect((await signIn(off, { adminKey: ADMIN_KEY })).status).toBe(404);
    expect((await ask(off, cookie)).status).toBe(200);
    expect(await (await ask(off, cookie)).json()).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
    await off.stop();
  });

  it("sets a cookie for this host and https alone where PUBLIC_URL is https", async () => {
    const https = await startGateway({
      url: database.url,
      settings: { PUBLIC_URL: "https://id.example.com" },
    });
    expect((await signIn(https, { adminKey: ADMIN_KEY })).headers.get("set-cookie")).toMatch(
      /^__Host-passerby-console=[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    await https.stop();
  });
});
