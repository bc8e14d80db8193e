/** Unlinking, over HTTP, on both databases: a user who can log in again always keeps a sign-in method. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  refresh,
  startGateway,
} from "../../support/gateway.ts";
import { deployIssuer, type Issuer } from "../../support/issuer.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let issuer: Issuer;
  let count = 0;
  const newEmail = (): string => `unlinked${++count}@example.com`;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const unlink = (token: string, identityId: string): Promise<Answer> =>
    gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id identities { provider } } }", {
      token,
      variables: { id: identityId },
    });
  const identitiesOf = async (token: string): Promise<Record<string, string>> => {
    const { data } = await gateway.graph("{ me { identities { id provider } } }", { token });
    return Object.fromEntries(
      data.me.identities.map(({ provider, id }: { provider: string; id: string }) => [provider, id]),
    );
  };
  /** A user with an anonymous identity, an email and a token's subject. */
  async function createLinkedUser() {
    const [guest, email] = [await loginAnonymously(gateway), newEmail()];
    const { refreshToken } = (await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity;
    await issuer.link(guest.accessToken, email);
    return { ...guest, refreshToken, email, identities: await identitiesOf(guest.accessToken) };
  }

  it("removes a sign-in method while another one is left; what is unlinked cannot log in any more, and its email is free", async () => {
    const user = await createLinkedUser();
    const { data } = await unlink(user.accessToken, String(user.identities["local-userpass"]));
    const left = data.unlinkIdentity.identities.map(({ provider }: { provider: string }) => provider);
    expect(left.sort()).toEqual(["anon-user", "custom-token"]);
    expect(codeOf(await login(gateway, user.email, "correct horse"))).toBe("INVALID_CREDENTIALS");
    expect(await countRows(gateway, "password_credentials", `email = '${user.email}'`)).toBe(0);
    const other = await loginAnonymously(gateway);
    expect(codeOf(await linkEmail(gateway, other.accessToken, user.email))).toBeUndefined();
  });
  it("never takes the last one that can log in: an anonymous identity does not count", async () => {
    const user = await createLinkedUser();
    await unlink(user.accessToken, String(user.identities["custom-token"]));
    expect(codeOf(await unlink(user.accessToken, String(user.identities["local-userpass"])))).toBe(
      "LAST_IDENTITY",
    );
    expect(codeOf(await unlink(user.accessToken, String(user.identities["anon-user"])))).toBeUndefined();
    expect(codeOf(await login(gateway, user.email, "correct horse"))).toBeUndefined();
  });
  it("leaves an anonymous user its only identity", async () => {
    const guest = await loginAnonymously(gateway);
    const { "anon-user": only } = await identitiesOf(guest.accessToken);
    expect(codeOf(await unlink(guest.accessToken, String(only)))).toBe("LAST_IDENTITY");
  });
  it("does not count a sign-in method whose provider is disabled", async () => {
    const user = await createLinkedUser();
    await deployProvider(gateway, "local-userpass", false);
    expect(codeOf(await unlink(user.accessToken, String(user.identities["custom-token"])))).toBe(
      "LAST_IDENTITY",
    );
    await deployProvider(gateway, "local-userpass", true);
    expect(codeOf(await unlink(user.accessToken, String(user.identities["custom-token"])))).toBeUndefined();
  });
  it.each(["unknown", "", "x".repeat(10_000)])("says IDENTITY_NOT_FOUND to the id %.12j", async (id) => {
    const user = await createLinkedUser();
    expect(codeOf(await unlink(user.accessToken, id))).toBe("IDENTITY_NOT_FOUND");
  });
  it("says IDENTITY_NOT_FOUND for another user's identity, and for one that was unlinked before", async () => {
    const [user, other] = [await createLinkedUser(), await createLinkedUser()];
    const theirs = String(other.identities["custom-token"]);
    expect(codeOf(await unlink(user.accessToken, theirs))).toBe("IDENTITY_NOT_FOUND");
    expect(codeOf(await unlink(other.accessToken, theirs))).toBeUndefined();
    expect(codeOf(await unlink(other.accessToken, theirs))).toBe("IDENTITY_NOT_FOUND");
  });
  it("wants a login that is not long ago, which logging in with any identity gives", async () => {
    const user = await createLinkedUser();
    gateway.clock.advance({ minutes: 15, seconds: 1 });
    const wanted = String(user.identities["custom-token"]);
    expect(codeOf(await unlink(user.accessToken, wanted))).toBe("REAUTHENTICATION_REQUIRED");
    const again = (await login(gateway, user.email, "correct horse")).data.login;
    expect(codeOf(await unlink(again.accessToken, wanted))).toBeUndefined();
  });
  it("ends the other sessions that were started with it, and rejects a login that was under way", async () => {
    const user = await createLinkedUser();
    const [intruder, own] = [
      (await issuer.login(user.email)).data.login,
      (await login(gateway, user.email, "correct horse")).data.login,
    ];
    const [{ data }] = await Promise.all([
      unlink(own.accessToken, String(user.identities["custom-token"])),
      ...Array.from({ length: 8 }, () => issuer.login(user.email)),
    ]);
    expect(data.unlinkIdentity.id).toBe(user.id);
    expect(codeOf(await refresh(gateway, intruder.refreshToken))).toBe("SESSION_REVOKED");
    expect(codeOf(await refresh(gateway, own.refreshToken))).toBeUndefined();
    expect(
      await countRows(
        gateway,
        "sessions",
        `user_id = '${user.id}' AND provider = 'custom-token' AND ended_at IS NULL`,
      ),
    ).toBe(0);
  });
  it("cannot be walked around: linking wants a recent login of a permanent user too", async () => {
    const user = await createLinkedUser();
    gateway.clock.advance({ minutes: 15, seconds: 1 });
    const { accessToken } = (await refresh(gateway, user.refreshToken)).data.refreshSession;
    expect(codeOf(await issuer.link(accessToken, `mallory of ${user.email}`))).toBe(
      "REAUTHENTICATION_REQUIRED",
    );
    expect(codeOf(await issuer.link(accessToken, user.email))).toBeUndefined();
    const guest = await loginAnonymously(gateway);
    gateway.clock.advance({ minutes: 29 });
    expect(codeOf(await issuer.link(guest.accessToken, `late ${user.email}`))).toBeUndefined();
  });
  it("leaves exactly one of all sign-in methods that are unlinked at the same time", async () => {
    for (let round = 0; round < 5; round++) {
      const user = await createLinkedUser();
      await issuer.link(user.accessToken, `second ${user.email}`);
      const { data } = await gateway.graph("{ me { identities { id canSignIn } } }", {
        token: user.accessToken,
      });
      const signInMethods = data.me.identities.filter(({ canSignIn }: { canSignIn: boolean }) => canSignIn);
      expect(signInMethods).toHaveLength(3);
      const codes = await Promise.all(
        signInMethods.map(async ({ id }: { id: string }) => codeOf(await unlink(user.accessToken, id))),
      );
      expect(codes.sort()).toEqual(["LAST_IDENTITY", undefined, undefined]);
      expect(await countRows(gateway, "identities", `user_id = '${user.id}' AND can_sign_in`)).toBe(1);
    }
  });
  it("lets an operator remove a sign-in method, with every session of its provider, but not the last one", async () => {
    const unlinkOf = (userId: string, identityId: unknown): Promise<Answer> =>
      gateway.admin(
        "mutation ($u: ID!, $i: ID!) { unlinkIdentity(userId: $u, identityId: $i) { identities { provider } } }",
        { variables: { u: userId, i: identityId } },
      );
    const [user, other] = [await createLinkedUser(), await createLinkedUser()];
    const session = (await issuer.login(user.email)).data.login;
    expect(codeOf(await unlinkOf(other.id, user.identities["custom-token"]))).toBe("IDENTITY_NOT_FOUND");
    expect(codeOf(await unlinkOf("unknown", user.identities["custom-token"]))).toBe("USER_NOT_FOUND");
    expect(codeOf(await refresh(gateway, session.refreshToken))).toBeUndefined();
    // Old enough that the user would have to log in again.
    gateway.clock.advance({ minutes: 20 });
    const { data } = await unlinkOf(user.id, user.identities["custom-token"]);
    const left = data.unlinkIdentity.identities.map(({ provider }: { provider: string }) => provider);
    expect(left.sort()).toEqual(["anon-user", "local-userpass"]);
    expect(codeOf(await refresh(gateway, session.refreshToken))).toBe("SESSION_REVOKED");
    expect(codeOf(await refresh(gateway, user.refreshToken))).toBeUndefined();
    expect(codeOf(await unlinkOf(user.id, user.identities["local-userpass"]))).toBe("LAST_IDENTITY");
    expect(codeOf(await login(gateway, user.email, "correct horse"))).toBeUndefined();
    const audited = await gateway.admin(
      `{ auditEvents(filter: { userId: "${user.id}", actorKind: OPERATOR }) { edges { node { action target outcome } } } }`,
    );
    const events = audited.data.auditEvents.edges.map(({ node }: { node: object }) => node);
    const action = "IDENTITY_UNLINKED";
    expect(events).toEqual([
      { action, target: user.identities["local-userpass"], outcome: "FAILED" },
      { action, target: user.identities["custom-token"], outcome: "DONE" },
    ]);
  });
});
