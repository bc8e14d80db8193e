/** The list of revoked sessions as HTTP has it: types, caches, tags. What is in it: test/identity/revocation/revoked-sessions.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createDatabase, type Gateway, loginAnonymously, startGateway } from "../support/gateway.ts";
import { LIST_PATH, readRevoked } from "../support/revocation.ts";

describe("the list of revoked sessions", () => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const get = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(gateway.url + LIST_PATH, { headers });
  const logOut = async (): Promise<void> => {
    const { accessToken } = await loginAnonymously(gateway);
    await gateway.graph("mutation { logout { sessionsEnded } }", { token: accessToken });
  };

  it("may be cached for thirty seconds less its age, by anybody", async () => {
    const response = await get();
    expect(response.headers.get("content-type")).toBe("application/revoked-sessions+jwt");
    expect(response.headers.get("cache-control")).toBe("public, max-age=30");
    gateway.clock.advance({ seconds: 4 });
    expect((await get()).headers.get("cache-control")).toBe("public, max-age=26");
    gateway.clock.advance({ seconds: 1 });
    expect((await get()).headers.get("cache-control")).toBe("public, max-age=30");
  });

  it("costs nothing while nothing changed: the same list, 304", async () => {
    const first = await readRevoked(gateway);
    gateway.clock.advance({ seconds: 60 });
    for (const header of [first.etag, `W/${first.etag}`, `"other", ${first.etag}`, "*"]) {
      const again = await get({ "if-none-match": header });
      expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", first.etag]);
      expect(again.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
    }
    await logOut();
    gateway.clock.advance({ seconds: 5 });
    const changed = await get({ "if-none-match": first.etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).not.toBe(first.etag);
  });

  it("is signed anew long before it is too old to be believed", async () => {
    const first = await readRevoked(gateway);
    expect(first.expiresAtSeconds - first.issuedAtSeconds).toBe(300);
    gateway.clock.advance({ seconds: 150 });
    expect((await readRevoked(gateway)).etag).not.toBe(first.etag);
  });

  it("is signed by the key that signs now", async () => {
    await readRevoked(gateway);
    await gateway.admin("mutation { rotateSigningKey { kid } }");
    gateway.clock.advance({ minutes: 11 });
    await readRevoked(gateway);
  });

  it("looks into the database once, however many ask at the same time", async () => {
    await logOut();
    gateway.clock.advance({ seconds: 5 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => readRevoked(gateway)));
    expect(new Set(answers.map(({ jwt }) => jwt)).size).toBe(1);
  });
});
