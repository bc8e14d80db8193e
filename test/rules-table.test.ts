/** The situations that are easy to get wrong, and what happens in each: one table, on both databases. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  me,
  mergeUser,
  refresh,
  startGateway,
} from "./support/gateway.ts";
import { deployIssuer, type Issuer } from "./support/issuer.ts";

interface Setting {
  readonly gateway: Gateway;
  readonly issuer: Issuer;
}

const newEmail = (): string => `${randomUUID()}@example.com`;

const rules: [situation: string, outcome: string, check: (setting: Setting) => Promise<void>][] = [
  [
    "the provider is not enabled in the deployed configuration",
    "PROVIDER_DISABLED before credentials are looked at; sessions continue, other providers work",
    async ({ gateway, issuer }) => {
      const [email, guest] = [newEmail(), await loginAnonymously(gateway)];
      await linkEmail(gateway, guest.accessToken, email);
      await deployProvider(gateway, "local-userpass", false);
      for (const password of ["correct horse", "wrong horse"]) {
        expect(codeOf(await login(gateway, email, password))).toBe("PROVIDER_DISABLED");
        expect(codeOf(await linkEmail(gateway, guest.accessToken, email, password))).toBe(
          "PROVIDER_DISABLED",
        );
      }
      expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBeUndefined();
      expect(codeOf(await issuer.login(randomUUID()))).toBeUndefined();
      await deployProvider(gateway, "local-userpass", true);
    },
  ],
  [
    "loginAnonymous twice, signed in or not",
    "two users; with the same idempotency key one, and every answer holds working tokens",
    async ({ gateway }) => {
      const [one, two] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      expect(one.id).not.toBe(two.id);
      const key = randomUUID();
      const repeat = `mutation { loginAnonymous(idempotencyKey: "${key}") { user { id } accessToken } }`;
      const answers = [await gateway.graph(repeat), await gateway.graph(repeat)];
      const [first, second] = answers.map(({ data }) => data.loginAnonymous);
      expect(first.user.id).toBe(second.user.id);
      for (const { accessToken } of [first, second]) {
        expect((await me(gateway, accessToken)).data.me.id).toBe(first.user.id);
      }
    },
  ],
  [
    "a link with credentials that are free",
    "added: user id and session stay, the refresh token is the next one, and a fresh access token says not anonymous",
    async ({ gateway, issuer }) => {
      const guest = await loginAnonymously(gateway);
      const linked = (await issuer.link(guest.accessToken, randomUUID())).data.linkIdentity;
      expect(linked.user).toEqual({ id: guest.id, isAnonymous: false, expiresAt: null });
      expect(linked.refreshToken).not.toBe(guest.refreshToken);
      expect(decodeJwt(linked.accessToken)).toMatchObject({
        sub: guest.id,
        is_anonymous: false,
        sid: decodeJwt(guest.accessToken).sid,
      });
    },
  ],
  [
    "a link with an email that is not registered yet",
    "registered and linked in one step",
    async ({ gateway }) => {
      const [guest, email] = [await loginAnonymously(gateway), newEmail()];
      expect((await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity.user.id).toBe(guest.id);
      expect((await login(gateway, email, "correct horse")).data.login.user.id).toBe(guest.id);
    },
  ],
  [
    "a link with an identity that is already mine",
    "success, nothing changes; so does a double click",
    async ({ gateway, issuer }) => {
      const [guest, subject, email] = [await loginAnonymously(gateway), randomUUID(), newEmail()];
      const clicks = await Promise.all([
        linkEmail(gateway, guest.accessToken, email),
        linkEmail(gateway, guest.accessToken, email),
        issuer.link(guest.accessToken, subject),
        issuer.link(guest.accessToken, subject),
      ]);
      expect(clicks.map(codeOf)).toEqual(Array(4).fill(undefined));
      expect(await countRows(gateway, "identities", `user_id = '${guest.id}'`)).toBe(3);
    },
  ],
  [
    "a link with another user's identity and valid credentials",
    "IdentityConflict with a ticket for this session; nothing else changes, the caller stays signed in",
    async ({ gateway, issuer }) => {
      const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
      await issuer.login(subject);
      const { linkIdentity } = (await issuer.link(guest.accessToken, subject)).data;
      expect(linkIdentity).toMatchObject({ provider: "custom-token", mergeTicket: expect.any(String) });
      expect((await me(gateway, guest.accessToken)).data.me).toMatchObject({
        id: guest.id,
        isAnonymous: true,
      });
    },
  ],
  [
    "a link with invalid credentials",
    "INVALID_CREDENTIALS; nothing changes",
    async ({ gateway }) => {
      const [owner, guest, email] = [
        await loginAnonymously(gateway),
        await loginAnonymously(gateway),
        newEmail(),
      ];
      await linkEmail(gateway, owner.accessToken, email);
      const tickets = await countRows(gateway, "merge_tickets");
      expect(codeOf(await linkEmail(gateway, guest.accessToken, email, "wrong horse"))).toBe(
        "INVALID_CREDENTIALS",
      );
      expect(await countRows(gateway, "merge_tickets")).toBe(tickets);
      expect((await me(gateway, guest.accessToken)).data.me.isAnonymous).toBe(true);
    },
  ],
  [
    "a second email and password on one user",
    "PROVIDER_ALREADY_LINKED, and the second is not registered",
    async ({ gateway }) => {
      const [guest, second] = [await loginAnonymously(gateway), newEmail()];
      await linkEmail(gateway, guest.accessToken, newEmail());
      expect(codeOf(await linkEmail(gateway, guest.accessToken, second))).toBe("PROVIDER_ALREADY_LINKED");
      expect(await countRows(gateway, "password_credentials", `email = '${second}'`)).toBe(0);
    },
  ],
  [
    "two users link the same free identity at the same time",
    "exactly one wins; the other gets the conflict",
    async ({ gateway, issuer }) => {
      const [one, two, subject] = [
        await loginAnonymously(gateway),
        await loginAnonymously(gateway),
        randomUUID(),
      ];
      const answers = await Promise.all(
        [one, two].map(({ accessToken }) => issuer.link(accessToken, subject)),
      );
      expect(answers.map(codeOf)).toEqual([undefined, undefined]);
      expect(answers.filter(({ data }) => data.linkIdentity.user)).toHaveLength(1);
      expect(answers.filter(({ data }) => data.linkIdentity.mergeTicket)).toHaveLength(1);
    },
  ],
  [
    "mergeUser with a good ticket, and again with the used one",
    "the identities move, the sessions end, the id becomes a former id; MERGE_TICKET_INVALID",
    async ({ gateway, issuer }) => {
      const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
      const survivor = (await issuer.login(subject)).data.login;
      const { mergeTicket } = (await issuer.link(guest.accessToken, subject)).data.linkIdentity;
      const merged = (await mergeUser(gateway, guest.accessToken, mergeTicket)).data.mergeUser;
      expect(merged.user).toMatchObject({ id: survivor.user.id, formerIds: [guest.id] });
      expect(await countRows(gateway, "identities", `user_id = '${survivor.user.id}'`)).toBe(2);
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
      expect(codeOf(await mergeUser(gateway, merged.accessToken, mergeTicket))).toBe("MERGE_TICKET_INVALID");
    },
  ],
  [
    "a former id in user(id) and _entities",
    "resolves to the survivor",
    async ({ gateway, issuer }) => {
      const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
      const survivor = (await issuer.login(subject)).data.login.user.id;
      const { mergeTicket } = (await issuer.link(guest.accessToken, subject)).data.linkIdentity;
      const { accessToken } = (await mergeUser(gateway, guest.accessToken, mergeTicket)).data.mergeUser;
      const { data } = await gateway.graph(
        "query ($id: ID!, $r: [_Any!]!) { user(id: $id) { id } _entities(representations: $r) { ... on User { id ids } } }",
        { token: accessToken, variables: { id: guest.id, r: [{ __typename: "User", id: guest.id }] } },
      );
      // The key comes back as it was asked for, which is what routers and caches know the user by.
      expect(data).toEqual({
        user: { id: survivor },
        _entities: [{ id: guest.id, ids: [survivor, guest.id] }],
      });
    },
  ],
  [
    "unlinkIdentity of the last identity that can log in",
    "LAST_IDENTITY",
    async ({ gateway, issuer }) => {
      const guest = await loginAnonymously(gateway);
      await issuer.link(guest.accessToken, randomUUID());
      const { data } = await gateway.graph("{ me { identities { id canSignIn } } }", {
        token: guest.accessToken,
      });
      const last = data.me.identities.find(({ canSignIn }: { canSignIn: boolean }) => canSignIn);
      const unlink = `mutation { unlinkIdentity(identityId: "${last.id}") { id } }`;
      expect(codeOf(await gateway.graph(unlink, { token: guest.accessToken }))).toBe("LAST_IDENTITY");
    },
  ],
  [
    "logout",
    "the session is gone at once, its refresh token is dead, and the anonymous user is unreachable",
    async ({ gateway }) => {
      const guest = await loginAnonymously(gateway);
      await gateway.graph("mutation { logout { sessionsEnded } }", { token: guest.accessToken });
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("SESSION_REVOKED");
      expect(await countRows(gateway, "sessions", `user_id = '${guest.id}' AND ended_at IS NULL`)).toBe(0);
    },
  ],
  [
    "refreshSession, with the previous token within ten seconds, and later",
    "rotates; gives a working pair; ends that session only",
    async ({ gateway, issuer }) => {
      const subject = randomUUID();
      const [one, other] = [
        (await issuer.login(subject)).data.login,
        (await issuer.login(subject)).data.login,
      ];
      const next = (await refresh(gateway, one.refreshToken)).data.refreshSession;
      expect(next.refreshToken).not.toBe(one.refreshToken);
      gateway.clock.advance({ seconds: 10 });
      const again = (await refresh(gateway, one.refreshToken)).data.refreshSession;
      expect((await me(gateway, again.accessToken)).data.me.id).toBe(one.user.id);
      gateway.clock.advance({ seconds: 1 });
      expect(codeOf(await refresh(gateway, one.refreshToken))).toBe("SESSION_REVOKED");
      expect(codeOf(await refresh(gateway, next.refreshToken))).toBe("SESSION_REVOKED");
      expect(codeOf(await refresh(gateway, other.refreshToken))).toBeUndefined();
    },
  ],
  [
    "the user is disabled, or deleted",
    "USER_DISABLED, UNAUTHENTICATED at the next use of any token",
    async ({ gateway }) => {
      const guest = await loginAnonymously(gateway);
      const act = (field: string) =>
        gateway.admin(`mutation { ${field.replace("ID", JSON.stringify(guest.id))} }`);
      await act("disableUser(id: ID) { id }");
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("USER_DISABLED");
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("USER_DISABLED");
      await act("deleteUser(id: ID)");
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("UNAUTHENTICATED");
    },
  ],
  [
    "anything unexpected",
    "INTERNAL_SERVER_ERROR, one fixed message and an id; no stack, no SQL; nothing is half-written",
    async ({ gateway }) => {
      const users = await countRows(gateway, "users");
      const rename = (from: string, to: string): Promise<unknown> =>
        gateway.app.database.writes.transaction((manager) =>
          manager.query(`ALTER TABLE ${from} RENAME TO ${to}`),
        );
      await rename("identities", "identities_elsewhere");
      const answer = await gateway.graph("mutation { loginAnonymous { accessToken } }");
      await rename("identities_elsewhere", "identities");
      expect(answer.errors).toEqual([
        {
          message: "Internal error. Quote the errorId when you report it.",
          path: ["loginAnonymous"],
          locations: expect.any(Array),
          extensions: { code: "INTERNAL_SERVER_ERROR", errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      ]);
      expect(await countRows(gateway, "users")).toBe(users);
    },
  ],
];

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let issuer: Issuer;
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  it.each(rules)("%s: %s", (_situation, _outcome, check) => check({ gateway, issuer }));
});
