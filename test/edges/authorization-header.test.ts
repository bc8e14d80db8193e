/** A blank Authorization header is none, a bad token is rejected, and neither keeps anybody else out. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { passerbyContext } from "../../src/subgraph/index.ts";
import {
  ADMIN_KEY,
  codeOf,
  countRows,
  createDatabase,
  type Gateway,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { createServiceKey, introspect } from "../support/revocation.ts";

const blank = ["", " ", "Bearer", "bearer", "Bearer ", "Bearer   "];
const bad = ["undefined", "null", "NaN", "[object", "x", "x".repeat(5_000), "pba_wrong", "a.b.c"];

describe("the Authorization header", () => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({
      url: database.url,
      settings: {
        INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
        RATE_LIMITS: "anonymousLogins=1000/3600",
      },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const ask = (query: string, authorization: string) => gateway.graph(query, { headers: { authorization } });
  const signIn = (adminKey: string) =>
    fetch(`${gateway.url}/console/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-passerby-console": "1" },
      body: JSON.stringify({ adminKey }),
    });

  it.each(blank)("%j is not a token at the public graph", async (authorization) => {
    const answer = await ask("mutation { loginAnonymous { accessToken } }", authorization);
    expect([answer.status, codeOf(answer)]).toEqual([200, undefined]);
    const me = await ask("{ me { id } }", authorization);
    expect([me.data, codeOf(me)]).toEqual([{ me: null }, undefined]);
  });

  it.each(blank)("%j is not a token at the admin graph, and permits nothing", async (authorization) => {
    const response = await fetch(`${gateway.url}/admin/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify({ query: "{ providers { name } }" }),
    });
    const { data, errors } = (await response.json()) as {
      data: unknown;
      errors: { extensions: { code: string } }[];
    };
    expect([data, errors[0]?.extensions.code]).toEqual([null, "UNAUTHENTICATED"]);
  });

  it.each(blank)("%j is not a token of the Realm protocol", async (authorization) => {
    const response = await fetch(`${gateway.url}/api/client/v2.0/auth/profile`, {
      headers: { authorization },
    });
    expect(response.status).toBe(401);
    const login = await fetch(`${gateway.url}/api/client/v2.0/app/passerby/auth/providers/anon-user/login`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: "{}",
    });
    expect(login.status).toBe(200);
  });

  it.each(blank)("%j is not a token for a subgraph", async (authorization) => {
    const context = passerbyContext({ issuer: "http://localhost:4000", gatewayUrl: gateway.url, log: null });
    expect(await context({ headers: { authorization } })).toEqual({ caller: null });
    expect(await context({ headers: new Headers({ authorization }) })).toEqual({ caller: null });
  });

  it.each(bad)(
    "Bearer %s is rejected by every surface, never treated as a request without a token",
    async (token) => {
      const answer = await ask("mutation { loginAnonymous { accessToken } }", `Bearer ${token}`);
      expect([answer.status, codeOf(answer)]).toEqual([401, "UNAUTHENTICATED"]);
      const context = passerbyContext({
        issuer: "http://localhost:4000",
        gatewayUrl: gateway.url,
        clock: gateway.clock.now,
      });
      await expect(context({ headers: { authorization: `Bearer ${token}` } })).rejects.toMatchObject({
        extensions: { code: "UNAUTHENTICATED" },
      });
    },
  );

  it("with a token that is a word of JavaScript says what the client did", async () => {
    const answer = await ask("{ me { id } }", "Bearer undefined");
    expect(answer.errors?.[0]?.message).toContain("Send it only once there is a token");
  });

  it("a hundred bad tokens at the public graph count as no wrong admin keys, and leave nothing in the audit", async () => {
    const events = await countRows(gateway, "audit_events", "action = 'ADMIN_KEY_REFUSED'");
    for (let index = 0; index < 100; index++) {
      expect(codeOf(await ask("{ me { id } }", `Bearer ${bad[index % bad.length]}`))).toBe("UNAUTHENTICATED");
    }
    expect(await countRows(gateway, "audit_events", "action = 'ADMIN_KEY_REFUSED'")).toBe(events);
    expect(codeOf(await gateway.admin("{ providers { name } }", { token: "wrong" }))).toBe("UNAUTHENTICATED");
    expect(codeOf(await gateway.admin("{ providers { name } }"))).toBeUndefined();
  });

  it("wrong admin keys are limited at the admin graph and the console together, and a right one never is", async () => {
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 15; index++) {
      codes.push(codeOf(await gateway.admin("{ providers { name } }", { token: `wrong${index}` })));
    }
    expect(codes).toContain("UNAUTHENTICATED");
    expect(codes.slice(10)).toEqual(Array(5).fill("RATE_LIMITED"));
    expect((await signIn("wrong")).status).toBe(429);
    const { data } = await gateway.admin('mutation { createAdminKey(name: "second") { secret } }');
    for (const key of [ADMIN_KEY, data.createAdminKey.secret]) {
      expect(codeOf(await gateway.admin("{ providers { name } }", { token: key }))).toBeUndefined();
      expect((await signIn(key)).status).toBe(200);
      // At the public graph it permits reading the SDL, and no account.
      const answer = await gateway.graph("{ _service { sdl } me { id } }", { token: key });
      expect([answer.data.me, codeOf(answer)]).toEqual([null, undefined]);
      expect(answer.data._service.sdl).toContain("type User");
    }
  });

  it("missing server keys at the introspection are no guesses, wrong ones are, and a right one is never limited", async () => {
    const { secret } = await createServiceKey(gateway, "orders");
    const { accessToken } = await loginAnonymously(gateway);
    const without = (authorization: string) =>
      fetch(`${gateway.url}/oauth2/introspect`, {
        method: "POST",
        headers: { authorization },
        body: new URLSearchParams({ token: accessToken }),
      });
    for (let index = 0; index < 15; index++) expect((await without("")).status).toBe(401);
    const statuses: number[] = [];
    for (const index of Array(15).keys()) {
      statuses.push(
        (await introspect(gateway, index % 2 ? "undefined" : `pbk_${index}`, accessToken)).status,
      );
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
    expect((await introspect(gateway, secret, accessToken)).status).toBe(200);
  });
});
