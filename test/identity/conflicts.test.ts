/** The collisions that other systems answer with a dead end, a silent change or a second user; one case for each. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";

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

  const newEmail = (): string => `${randomUUID()}@example.com`;
  const identitiesOf = async (token: string) => {
    const { data } = await gateway.graph(
      "{ me { identities { id provider subject email emailVerified canSignIn } } }",
      { token },
    );
    return data.me.identities;
  };
  const unlink = (token: string, id: string): Promise<Answer> =>
    gateway.graph(`mutation { unlinkIdentity(identityId: "${id}") { id } }`, { token });

  it("identity owned by another user: the session stays, and a ticket leads to that user", async () => {
    const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
    const owner = (await issuer.login(subject)).data.login.user;
    const { mergeTicket } = (await issuer.link(guest.accessToken, subject)).data.linkIdentity;
    expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
    const { data } = await mergeUser(gateway, guest.accessToken, mergeTicket);
    expect(data.mergeUser.user.id).toBe(owner.id);
  });
  it("identity already mine: success, unlike the conflict", async () => {
    const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
    const answers = [
      await issuer.link(guest.accessToken, subject),
      await issuer.link(guest.accessToken, subject),
    ];
    expect(answers.map(({ data }) => data.linkIdentity.user.id)).toEqual([guest.id, guest.id]);
  });
  it("same provider, second account: both stay, neither is replaced", async () => {
    const guest = await loginAnonymously(gateway);
    const subjects = [randomUUID(), randomUUID()];
    for (const subject of subjects) await issuer.link(guest.accessToken, subject);
    const linked = (await identitiesOf(guest.accessToken)).map(({ subject }: { subject: string }) => subject);
    expect(linked).toEqual(expect.arrayContaining(subjects));
    for (const subject of subjects) expect((await issuer.login(subject)).data.login.user.id).toBe(guest.id);
  });
  it("provider email belongs to someone else: it proves nothing, so it is linked by subject and attached to no other user", async () => {
    const [owner, guest, email] = [
      await loginAnonymously(gateway),
      await loginAnonymously(gateway),
      newEmail(),
    ];
    await linkEmail(gateway, owner.accessToken, email);
    const claims = { email, email_verified: true };
    const linked = (await issuer.link(guest.accessToken, randomUUID(), claims)).data.linkIdentity;
    expect(linked.user).toMatchObject({ id: guest.id, isAnonymous: false });
    const stranger = (await issuer.login(randomUUID(), claims)).data.login;
    expect(stranger.user.id).not.toBe(owner.id);
    expect((await login(gateway, email, "correct horse")).data.login.user.id).toBe(owner.id);
  });
  it("email not verified by the provider, or none at all: the link works all the same", async () => {
    for (const claims of [{ email: newEmail(), email_verified: false }, { email: newEmail() }, {}]) {
      const guest = await loginAnonymously(gateway);
      const answer = await issuer.link(guest.accessToken, randomUUID(), claims);
      expect(answer.data.linkIdentity.user).toMatchObject({ id: guest.id, isAnonymous: false });
    }
  });
  it("unlinking the last identity: rejected, the user can still come back", async () => {
    const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
    await issuer.link(guest.accessToken, subject);
    for (const { id, canSignIn } of await identitiesOf(guest.accessToken)) {
      expect(codeOf(await unlink(guest.accessToken, id))).toBe(canSignIn ? "LAST_IDENTITY" : undefined);
    }
    expect((await issuer.login(subject)).data.login.user.id).toBe(guest.id);
  });
  it("unlinking what makes an email collide: emails of different providers never collide", async () => {
    const [one, two, email] = [await loginAnonymously(gateway), await loginAnonymously(gateway), newEmail()];
    await linkEmail(gateway, one.accessToken, email);
    await issuer.link(two.accessToken, randomUUID(), { email, email_verified: true });
    await issuer.link(two.accessToken, randomUUID());
    const identities = await identitiesOf(two.accessToken);
    const colliding = identities.find((identity: { email: string | null }) => identity.email === email);
    expect(codeOf(await unlink(two.accessToken, colliding.id))).toBeUndefined();
    expect((await login(gateway, email, "correct horse")).data.login.user.id).toBe(one.id);
  });
  it("merging data: subgraphs find it under the survivor, by either id", async () => {
    const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
    const owner = (await issuer.login(subject, { name: "Ada" })).data.login.user.id;
    const { mergeTicket } = (await issuer.link(guest.accessToken, subject)).data.linkIdentity;
    await mergeUser(gateway, guest.accessToken, mergeTicket);
    const { data } = await gateway.graph(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ids formerIds } } }",
      { variables: { r: [guest.id, owner].map((id) => ({ __typename: "User", id })) } },
    );
    expect(data._entities).toEqual(Array(2).fill({ ids: [owner, guest.id], formerIds: [guest.id] }));
  });
  it("a merge that fails half-way leaves both users as they were, and the ticket good", async () => {
    const [guest, subject] = [await loginAnonymously(gateway), randomUUID()];
    const owner = (await issuer.login(subject)).data.login;
    const { mergeTicket } = (await issuer.link(guest.accessToken, subject)).data.linkIdentity;
    const rename = (from: string, to: string): Promise<unknown> =>
      gateway.app.database.writes.transaction((manager) =>
        manager.query(`ALTER TABLE ${from} RENAME TO ${to}`),
      );
    await rename("former_user_ids", "former_user_ids_elsewhere");
    expect(codeOf(await mergeUser(gateway, guest.accessToken, mergeTicket))).toBe("INTERNAL_SERVER_ERROR");
    await rename("former_user_ids_elsewhere", "former_user_ids");
    expect((await me(gateway, guest.accessToken)).data.me).toMatchObject({ id: guest.id, isAnonymous: true });
    expect(await countRows(gateway, "identities", `user_id = '${owner.user.id}'`)).toBe(1);
    expect((await mergeUser(gateway, guest.accessToken, mergeTicket)).data.mergeUser.user.id).toBe(
      owner.user.id,
    );
  });
  it("a concurrent link of one identity: one owner, conflicts for the others, never a 500", async () => {
    const guests = await Promise.all(Array.from({ length: 10 }, () => loginAnonymously(gateway)));
    const subject = randomUUID();
    const answers = await Promise.all(guests.map(({ accessToken }) => issuer.link(accessToken, subject)));
    expect(answers.map(codeOf)).toEqual(Array(10).fill(undefined));
    expect(answers.filter(({ data }) => data.linkIdentity.user)).toHaveLength(1);
    expect(await countRows(gateway, "identities", `subject = '${subject}'`)).toBe(1);
  });
  it("old tokens after the upgrade: the answer brings a new one, and the old one is the same user here", async () => {
    const guest = await loginAnonymously(gateway);
    const { accessToken } = (await issuer.link(guest.accessToken, randomUUID())).data.linkIdentity;
    expect(decodeJwt(accessToken).is_anonymous).toBe(false);
    expect((await me(gateway, guest.accessToken)).data.me).toMatchObject({
      id: guest.id,
      isAnonymous: false,
      expiresAt: null,
    });
  });
});
