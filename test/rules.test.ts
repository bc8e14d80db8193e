/** The rules of the design's table, over HTTP, on both databases. Each case's name is a fact. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  me,
  refresh,
  startGateway,
} from "./support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let emails = 0;
  const newEmail = (): string => `person${++emails}@example.com`;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  describe("anonymous login", () => {
    it("makes a new user every time, signed in or not", async () => {
      const first = await loginAnonymously(gateway);
      const second = await gateway.graph("mutation { loginAnonymous { user { id isAnonymous } } }", {
        token: first.accessToken,
      });
      expect(second.data.loginAnonymous.user.isAnonymous).toBe(true);
      expect(second.data.loginAnonymous.user.id).not.toBe(first.id);
    });
    it("gives a token whose claims subgraphs can rely on", async () => {
      const { id, accessToken } = await loginAnonymously(gateway);
      const claims = decodeJwt(accessToken);
      expect(claims).toMatchObject({
        sub: id,
        is_anonymous: true,
        amr: ["anon-user"],
        iss: "http://localhost:4000",
        aud: "http://localhost:4000",
      });
      expect(Number(claims.exp) - Number(claims.iat)).toBe(1800);
      expect(claims.auth_time).toBe(claims.iat);
    });
    it("says when the user expires: ninety days after creation", async () => {
      const { accessToken } = await loginAnonymously(gateway);
      const { data } = await gateway.graph("{ me { createdAt expiresAt } }", { token: accessToken });
      expect(+new Date(data.me.expiresAt) - +new Date(data.me.createdAt)).toBe(90 * 86_400_000);
    });
    it("is counted by execution: aliases are that many users", async () => {
      const before = await countRows(gateway, "users");
      const { data } = await gateway.graph(
        "mutation { a: loginAnonymous { user { id } } b: loginAnonymous { user { id } } }",
      );
      expect(data.a.user.id).not.toBe(data.b.user.id);
      expect(await countRows(gateway, "users")).toBe(before + 2);
    });
  });

  describe("me", () => {
    it("is null without an access token", async () => {
      expect((await me(gateway)).data).toEqual({ me: null });
    });
    it.each([
      ["garbage", "nonsense"],
      ["a token of alg none", `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`],
      ["a foreign token", "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJ4In0.AAAA"],
      ["a refresh token", "pbr_AAAA"],
    ])("rejects %s with UNAUTHENTICATED and status 401", async (_, token) => {
      const answer = await me(gateway, token);
      expect([codeOf(answer), answer.status]).toEqual(["UNAUTHENTICATED", 401]);
    });
    it("rejects a truncated and a changed token", async () => {
      const { accessToken } = await loginAnonymously(gateway);
      const changed = accessToken.replace(/\.[^.]+\./, (payload) => `.${payload.slice(2, -1)}x.`);
      expect(codeOf(await me(gateway, accessToken.slice(0, -5)))).toBe("UNAUTHENTICATED");
      expect(codeOf(await me(gateway, changed))).toBe("UNAUTHENTICATED");
    });
    it("rejects a token from the second that it expires", async () => {
      const { accessToken } = await loginAnonymously(gateway);
      gateway.clock.advance({ seconds: 1_799 });
      expect(codeOf(await me(gateway, accessToken))).toBeUndefined();
      gateway.clock.advance({ seconds: 1 });
      expect(codeOf(await me(gateway, accessToken))).toBe("UNAUTHENTICATED");
    });
  });

  describe("linking", () => {
    it("keeps user id and session, gives the next refresh token, and says so at once", async () => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      gateway.clock.advance({ seconds: 1 });
      const { data } = await linkEmail(gateway, guest.accessToken, email.toUpperCase());
      const linked = data.linkIdentity;
      expect(linked.user).toEqual({ id: guest.id, isAnonymous: false, expiresAt: null });
      expect(linked.refreshToken).not.toBe(guest.refreshToken);
      expect((await refresh(gateway, guest.refreshToken)).data.refreshSession.refreshToken).toBe(
        linked.refreshToken,
      );
      expect(decodeJwt(linked.accessToken)).toMatchObject({
        is_anonymous: false,
        sid: decodeJwt(guest.accessToken).sid,
      });
      const { data: who } = await me(gateway, guest.accessToken);
      expect(who.me.identities).toEqual([
        { provider: "anon-user", email: null },
        { provider: "local-userpass", email },
      ]);
      expect((await login(gateway, email, "correct horse")).data.login.user.id).toBe(guest.id);
    });
    it("links what was registered before", async () => {
      const email = newEmail();
      await gateway.graph(
        `mutation { registerEmailPassword(email: "${email}", password: "correct horse") { email } }`,
      );
      const guest = await loginAnonymously(gateway);
      expect((await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity.user.id).toBe(guest.id);
    });
    it("is a success that changes nothing when the identity is mine already", async () => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      await linkEmail(gateway, guest.accessToken, email);
      const again = await linkEmail(gateway, guest.accessToken, email);
      expect(again.data.linkIdentity.user.id).toBe(guest.id);
      expect(await countRows(gateway, "identities", `user_id = '${guest.id}'`)).toBe(2);
    });
    it("offers an anonymous user the merge with the identity's owner, and the caller stays as it was", async () => {
      const [owner, guest] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const email = newEmail();
      await linkEmail(gateway, owner.accessToken, email);
      const { data } = await linkEmail(gateway, guest.accessToken, email);
      expect(data.linkIdentity).toEqual({
        provider: "local-userpass",
        mergeTicket: expect.stringMatching(/^pbm_/),
        expiresAt: new Date(+gateway.clock.now() + 600_000).toISOString(),
      });
      expect((await me(gateway, guest.accessToken)).data.me.isAnonymous).toBe(true);
      expect(await countRows(gateway, "identities", `user_id = '${guest.id}'`)).toBe(1);
    });
    it("rejects another user's identity with IDENTITY_IN_USE if the caller is permanent", async () => {
      const [owner, other] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const email = newEmail();
      await linkEmail(gateway, owner.accessToken, email);
      // Of another provider, since a second email is rejected before it is looked whose it is.
      await gateway.app.database.writes.transaction((manager) =>
        manager.query(`UPDATE users SET is_anonymous = false WHERE id = '${other.id}'`),
      );
      expect(codeOf(await linkEmail(gateway, other.accessToken, email))).toBe("IDENTITY_IN_USE");
    });
    it("rejects a wrong proof with INVALID_CREDENTIALS", async () => {
      const [owner, guest] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const email = newEmail();
      await linkEmail(gateway, owner.accessToken, email);
      expect(codeOf(await linkEmail(gateway, guest.accessToken, email, "wrong horse"))).toBe(
        "INVALID_CREDENTIALS",
      );
    });
    it("rejects a second email with PROVIDER_ALREADY_LINKED and registers nothing", async () => {
      const guest = await loginAnonymously(gateway);
      await linkEmail(gateway, guest.accessToken, newEmail());
      const second = newEmail();
      expect(codeOf(await linkEmail(gateway, guest.accessToken, second))).toBe("PROVIDER_ALREADY_LINKED");
      expect(await countRows(gateway, "password_credentials", `email = '${second}'`)).toBe(0);
    });
    it("gives a free email to exactly one of many that link it at the same time", async () => {
      const guests = await Promise.all(Array.from({ length: 6 }, () => loginAnonymously(gateway)));
      const email = newEmail();
      const answers = await Promise.all(guests.map((guest) => linkEmail(gateway, guest.accessToken, email)));
      const offers = answers.filter(({ data }) => data.linkIdentity.mergeTicket);
      expect(offers).toHaveLength(5);
    });
    it("gives one user exactly one of many emails that it links at the same time", async () => {
      const guest = await loginAnonymously(gateway);
      const codes = await Promise.all(
        Array.from({ length: 4 }, async () =>
          codeOf(await linkEmail(gateway, guest.accessToken, newEmail())),
        ),
      );
      expect(codes.sort()).toEqual([...Array(3).fill("PROVIDER_ALREADY_LINKED"), undefined]);
    });
    it("needs an access token", async () => {
      const answer = await gateway.graph(
        `mutation { linkIdentity(credentials: { emailPassword: { email: "a@b.c", password: "correct horse" } }) { __typename } }`,
      );
      expect(codeOf(answer)).toBe("UNAUTHENTICATED");
    });
  });

  describe("email and password", () => {
    it("makes a user at the first login, and finds it at the next, without case", async () => {
      const email = newEmail();
      await gateway.graph(
        `mutation { registerEmailPassword(email: "${email}", password: "correct horse") { email } }`,
      );
      const first = await login(gateway, email, "correct horse");
      const second = await login(gateway, email.toUpperCase(), "correct horse");
      expect(first.data.login.user.isAnonymous).toBe(false);
      expect(second.data.login.user.id).toBe(first.data.login.user.id);
    });
    it("is one user when the first two logins come at the same time", async () => {
      const email = newEmail();
      await gateway.graph(
        `mutation { registerEmailPassword(email: "${email}", password: "correct horse") { email } }`,
      );
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => login(gateway, email, "correct horse")),
      );
      expect(new Set(answers.map((answer) => answer.data?.login?.user.id)).size).toBe(1);
    });
    it.each([
      ["1234567", "WEAK_PASSWORD"],
      ["x".repeat(129), "WEAK_PASSWORD"],
      ["x".repeat(100_000), "WEAK_PASSWORD"],
      ["qzgarden", undefined],
      ["x".repeat(128), undefined],
    ])("takes passwords of 8 to 128 characters (case %#)", async (password, code) => {
      const answer = await gateway.graph(
        "mutation ($e: String!, $p: String!) { registerEmailPassword(email: $e, password: $p) { email } }",
        {
          variables: { e: newEmail(), p: password },
        },
      );
      expect(codeOf(answer)).toBe(code);
    });
    it("rejects a taken email, also when two register it at once", async () => {
      const email = newEmail();
      const register = () =>
        gateway.graph(
          `mutation { registerEmailPassword(email: "${email}", password: "correct horse") { email } }`,
        );
      const codes = (await Promise.all([register(), register(), register()])).map(codeOf);
      expect(codes.sort()).toEqual(["EMAIL_TAKEN", "EMAIL_TAKEN", undefined]);
    });
    it.each(["", "no-at-sign", "a@", "@b.c", "a b@c.d", "nul\u0000@example.com", `${"a".repeat(250)}@b.cd`])(
      "rejects the address %j",
      async (email) => {
        const answer = await gateway.graph(
          'mutation ($e: String!) { registerEmailPassword(email: $e, password: "correct horse") { email } }',
          {
            variables: { e: email },
          },
        );
        expect(codeOf(answer)).toBe("BAD_USER_INPUT");
        expect(codeOf(await login(gateway, email, "correct horse"))).toBe("INVALID_CREDENTIALS");
      },
    );
    it("answers an unknown email as it does a wrong password", async () => {
      const email = newEmail();
      await gateway.graph(
        `mutation { registerEmailPassword(email: "${email}", password: "correct horse") { email } }`,
      );
      const [wrong, unknown] = [
        await login(gateway, email, "wrong horse"),
        await login(gateway, newEmail(), "wrong horse"),
      ];
      expect(wrong.errors).toEqual(unknown.errors);
    });
    it("wants exactly one kind of credentials", async () => {
      const answer = await gateway.graph(
        "mutation ($c: Credentials!) { login(credentials: $c) { accessToken } }",
        {
          variables: { c: { emailPassword: { email: "a@b.c", password: "x" }, jwt: { token: "x" } } },
        },
      );
      expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
    });
  });

  describe("sessions", () => {
    it("rotates: the new pair works, and so does the old token within ten seconds, with the same answer", async () => {
      const guest = await loginAnonymously(gateway);
      const first = (await refresh(gateway, guest.refreshToken)).data.refreshSession;
      gateway.clock.advance({ seconds: 10 });
      const repeated = (await refresh(gateway, guest.refreshToken)).data.refreshSession;
      expect(first.refreshToken).not.toBe(guest.refreshToken);
      expect(repeated.refreshToken).toBe(first.refreshToken);
      expect((await me(gateway, repeated.accessToken)).data.me.id).toBe(guest.id);
    });
    it("ends that session, and no other, when a rotated token is used after the grace", async () => {
      const email = newEmail();
      const guest = await loginAnonymously(gateway);
      await linkEmail(gateway, guest.accessToken, email);
      const other = (await login(gateway, email, "correct horse")).data.login;
      const next = (await refresh(gateway, guest.refreshToken)).data.refreshSession;
      gateway.clock.advance({ seconds: 11 });
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("SESSION_REVOKED");
      expect(codeOf(await refresh(gateway, next.refreshToken))).toBe("SESSION_REVOKED");
      expect(codeOf(await me(gateway, next.accessToken))).toBe("UNAUTHENTICATED");
      expect((await me(gateway, other.accessToken)).data.me.id).toBe(guest.id);
    });
    it("gives twins that refresh at the same time working pairs", async () => {
      const guest = await loginAnonymously(gateway);
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => refresh(gateway, guest.refreshToken)),
      );
      for (const { data } of answers) {
        expect((await me(gateway, data.refreshSession.accessToken)).data.me.id).toBe(guest.id);
        expect(codeOf(await refresh(gateway, data.refreshSession.refreshToken))).toBeUndefined();
      }
    });
    it("rejects forged refresh tokens without ending anything", async () => {
      const guest = await loginAnonymously(gateway);
      const forged = `${guest.refreshToken.slice(0, -4)}AAAA`;
      for (const token of [
        forged,
        guest.refreshToken.slice(0, 20),
        "",
        guest.accessToken,
        "pbr_",
        `${guest.refreshToken}=`,
      ]) {
        expect(codeOf(await refresh(gateway, token))).toBe("UNAUTHENTICATED");
      }
      expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
    });
    it.each([
      ["CURRENT", 1, [true, false]],
      ["OTHERS", 1, [false, true]],
      ["ALL", 2, [true, true]],
    ])("logout %s ends %i and leaves the rest", async (scope, ended, over) => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      await linkEmail(gateway, guest.accessToken, email);
      const other = (await login(gateway, email, "correct horse")).data.login;
      const { data } = await gateway.graph(`mutation { logout(scope: ${scope}) { sessionsEnded } }`, {
        token: guest.accessToken,
      });
      expect(data.logout.sessionsEnded).toBe(ended);
      for (const [index, tokens] of [guest, other].entries()) {
        expect(codeOf(await me(gateway, tokens.accessToken))).toBe(
          over[index] ? "UNAUTHENTICATED" : undefined,
        );
        expect(codeOf(await refresh(gateway, tokens.refreshToken))).toBe(
          over[index] ? "SESSION_REVOKED" : undefined,
        );
      }
    });
    it("of permanent users end 60 days after the last refresh", async () => {
      const guest = await loginAnonymously(gateway);
      const linked = (await linkEmail(gateway, guest.accessToken, newEmail())).data.linkIdentity;
      gateway.clock.advance({ days: 59 });
      const { refreshToken } = (await refresh(gateway, linked.refreshToken)).data.refreshSession;
      gateway.clock.advance({ days: 60 });
      expect(codeOf(await refresh(gateway, refreshToken))).toBe("UNAUTHENTICATED");
    });
    it("are stored without the token", async () => {
      const guest = await loginAnonymously(gateway);
      const rows = await gateway.app.database.reads.query("SELECT * FROM sessions");
      expect(JSON.stringify(rows)).not.toContain(guest.refreshToken.slice(4));
    });
  });

  describe("users", () => {
    it("are visible to themselves, and to no other user", async () => {
      const [one, two] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const query = `query ($id: ID!) { user(id: $id) { id } }`;
      expect(
        (await gateway.graph(query, { token: one.accessToken, variables: { id: one.id } })).data.user.id,
      ).toBe(one.id);
      expect(codeOf(await gateway.graph(query, { token: one.accessToken, variables: { id: two.id } }))).toBe(
        "FORBIDDEN",
      );
      expect(
        codeOf(await gateway.graph(query, { token: one.accessToken, variables: { id: "unknown" } })),
      ).toBe("FORBIDDEN");
      expect(codeOf(await gateway.graph(query, { variables: { id: one.id } }))).toBe("UNAUTHENTICATED");
      expect((await gateway.admin(query, { variables: { id: two.id } })).data.user.id).toBe(two.id);
    });
    it("keep identities, sessions, keys and profile from a router without a user's token", async () => {
      const { id } = await loginAnonymously(gateway);
      const stranger = await loginAnonymously(gateway);
      const ask = (fields: string, token?: string) =>
        gateway.graph(
          `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${fields} } } }`,
          { token, variables: { r: [{ __typename: "User", id }] } },
        );
      expect((await ask("id isAnonymous")).data._entities).toEqual([{ id, isAnonymous: true }]);
      for (const field of [
        "identities { id }",
        "sessions { id }",
        "apiKeys { id }",
        "profile",
        "lastLoginAt",
      ]) {
        expect(codeOf(await ask(field))).toBe("UNAUTHENTICATED");
        expect(codeOf(await ask(field, stranger.accessToken))).toBe("FORBIDDEN");
      }
    });
    it.each([
      [[{ __typename: "User", id: 7 }], "BAD_USER_INPUT"],
      [[{ __typename: "User", id: null }], "BAD_USER_INPUT"],
      [[{ __typename: "Cart", id: "x" }], "BAD_USER_INPUT"],
      [Array(1_001).fill({ __typename: "User", id: "x" }), "BAD_USER_INPUT"],
      [Array.from({ length: 1_000 }, (_, id) => ({ __typename: "User", id: String(id) })), undefined],
    ])(
      "are asked for by references that make sense, a thousand at most (case %#)",
      async (references, code) => {
        const answer = await gateway.graph(
          "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
          {
            variables: { r: references },
          },
        );
        expect(codeOf(answer)).toBe(code);
      },
    );
    it("are gone at once when they delete themselves, with identities, sessions and password", async () => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      await linkEmail(gateway, guest.accessToken, email);
      const { data } = await gateway.graph("mutation { deleteMe { deletedUserId } }", {
        token: guest.accessToken,
      });
      expect(data.deleteMe.deletedUserId).toBe(guest.id);
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("UNAUTHENTICATED");
      for (const table of ["identities", "sessions"]) {
        expect(await countRows(gateway, table, `user_id = '${guest.id}'`)).toBe(0);
      }
      expect(await countRows(gateway, "password_credentials", `email = '${email}'`)).toBe(0);
    });
    it("that are disabled get USER_DISABLED everywhere, until they are enabled", async () => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      await linkEmail(gateway, guest.accessToken, email);
      const set = (operation: string) =>
        gateway.admin(`mutation ($id: ID!) { ${operation}(id: $id) { disabled } }`, {
          variables: { id: guest.id },
        });
      expect((await set("disableUser")).data.disableUser.disabled).toBe(true);
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("USER_DISABLED");
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("USER_DISABLED");
      expect(codeOf(await login(gateway, email, "correct horse"))).toBe("USER_DISABLED");
      await set("enableUser");
      expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
    });
    it("are listed in pages, newest first, each once, and found by filter", async () => {
      const guests = [];
      for (let i = 0; i < 5; i++) guests.push(await loginAnonymously(gateway));
      const email = newEmail();
      await linkEmail(gateway, String(guests[2]?.accessToken), email);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await gateway.admin(
          "query ($after: String) { users(first: 7, after: $after) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }",
          { variables: { after } },
        );
        seen.push(...data.users.edges.map((edge: { node: { id: string } }) => edge.node.id));
        after = data.users.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
      } while (after);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBe(await countRows(gateway, "users"));
      const find = async (filter: object) =>
        (
          await gateway.admin(
            "query ($f: UserFilter) { users(filter: $f) { totalCount edges { node { id isAnonymous } } } }",
            { variables: { f: filter } },
          )
        ).data.users;
      expect((await find({ email: email.slice(0, -4).toUpperCase() })).edges[0].node.id).toBe(guests[2]?.id);
      expect((await find({ isAnonymous: false, provider: "anon-user" })).totalCount).toBeGreaterThan(0);
      expect((await find({ email: "%" })).totalCount).toBe(0);
      expect((await find({ createdFrom: "2999-01-01T00:00:00Z" })).totalCount).toBe(0);
      expect(codeOf(await gateway.admin('{ users(after: "nonsense") { totalCount } }'))).toBe(
        "BAD_USER_INPUT",
      );
      expect(codeOf(await gateway.admin("{ users(first: 101) { totalCount } }"))).toBe("BAD_USER_INPUT");
    });
  });

  describe("expiry", () => {
    it("deletes anonymous users at 90 days, never linked ones, and a dry run deletes none", async () => {
      const [old, linked] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      await linkEmail(gateway, linked.accessToken, newEmail());
      gateway.clock.advance({ days: 89 });
      const young = await loginAnonymously(gateway);
      const expire = async (dryRun: boolean) =>
        (
          await gateway.admin(
            "mutation ($d: Boolean!) { expireAnonymousUsers(dryRun: $d) { users dryRun } }",
            { variables: { d: dryRun } },
          )
        ).data.expireAnonymousUsers;
      await expire(false);
      expect(await countRows(gateway, "users", `id = '${old.id}'`)).toBe(1);
      gateway.clock.advance({ days: 1 });
      const { users } = await expire(true);
      expect(users).toBeGreaterThan(0);
      expect(await countRows(gateway, "users", `id = '${old.id}'`)).toBe(1);
      expect((await expire(false)).users).toBe(users);
      expect(await countRows(gateway, "users", `id = '${old.id}'`)).toBe(0);
      expect(await countRows(gateway, "identities", `user_id = '${old.id}'`)).toBe(0);
      expect(await countRows(gateway, "users", `id IN ('${linked.id}', '${young.id}')`)).toBe(2);
    });
    it("and a link at the same time leave the user wholly there or wholly gone", async () => {
      const outcomes = new Set<string>();
      for (let round = 0; round < 6; round++) {
        const guests = await Promise.all(Array.from({ length: 8 }, () => loginAnonymously(gateway)));
        gateway.clock.advance({ days: 90, seconds: -1 });
        const fresh = await Promise.all(guests.map((guest) => refresh(gateway, guest.refreshToken)));
        const links = fresh.map(({ data }) =>
          linkEmail(gateway, data.refreshSession.accessToken, newEmail()),
        );
        gateway.clock.advance({ seconds: 1 });
        await gateway.admin("mutation { expireAnonymousUsers(dryRun: false) { users } }");
        for (const [index, link] of (await Promise.all(links)).entries()) {
          const id = guests[index]?.id;
          const isThere = (await countRows(gateway, "users", `id = '${id}'`)) === 1;
          const identities = await countRows(gateway, "identities", `user_id = '${id}'`);
          outcomes.add(isThere ? "there" : "gone");
          expect(codeOf(link)).toBe(isThere ? undefined : "UNAUTHENTICATED");
          expect(identities).toBe(isThere ? 2 : 0);
        }
      }
      expect(outcomes.size).toBeGreaterThan(0);
      expect(
        await countRows(
          gateway,
          "password_credentials",
          "identity_id IS NOT NULL AND identity_id NOT IN (SELECT id FROM identities)",
        ),
      ).toBe(0);
    });
  });
});
