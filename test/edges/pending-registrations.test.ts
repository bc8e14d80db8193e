/**
 * Account pre-hijacking: an attacker who registers an address before its owner gets no access, whichever email the owner
 * opens. Each email confirms its own password, and nothing else.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hash } from "@node-rs/argon2";
import { createDataSource } from "../../src/database/data-source.ts";
import { PendingRegistrations1764151200000 } from "../../src/database/migrations/1764151200000-pending-registrations.ts";
import { migrations } from "../../src/database/migrations/index.ts";
import { hashSecret } from "../../src/encryption.ts";
import { purgeExpired } from "../../src/identity/users/purge.ts";
import {
  confirmEmail,
  register,
  requestReset,
  resendConfirmation,
  resetPassword,
} from "../support/email-password.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  type Login,
  linkEmail,
  login,
  loginAnonymously,
  me,
  refresh,
  startGateway,
  TestClock,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../support/mail-server.ts";

const [OWN, STRANGE, NEW] = ["the owner's own", "the stranger's", "chosen afterwards"];

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let issuer: Issuer;
  let emails = 0;
  const newEmail = (): string => `victim${++emails}@example.com`;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    await deployEmailPassword(gateway, { confirmation: "email", ...pages });
    await deployProvider(gateway, "api-key", true);
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  /** What a step sends to an address: the token of its link. */
  const mailed = async (email: string, step: () => Promise<Answer>): Promise<string> => {
    const before = mailServer.to(email).length;
    expect((await step()).errors).toBeUndefined();
    return tokenOf(await mailServer.wait(email, before + 1));
  };
  const registered = (email: string, password: string) =>
    mailed(email, () => register(gateway, email, password));
  const linked = (email: string, guest: Login, password: string) =>
    mailed(email, () => linkEmail(gateway, guest.accessToken, email, password));
  const reset = async (email: string): Promise<void> => {
    const token = await mailed(email, () => requestReset(gateway, email));
    expect(codeOf(await resetPassword(gateway, token, NEW))).toBeUndefined();
  };
  const userOf = async (email: string, password: string): Promise<string | undefined> =>
    (await login(gateway, email, password)).data?.login?.user.id;
  const identitiesOf = async (
    token: string,
  ): Promise<{ provider: string; email: string | null; canSignIn: boolean }[]> =>
    (await gateway.graph("{ me { identities { provider email canSignIn } } }", { token })).data.me.identities;
  /** A stranger's guest, with a sign-in method beside the address that it claims. */
  const newStranger = async () => {
    const guest = await loginAnonymously(gateway);
    const subject = randomUUID();
    const { accessToken, refreshToken } = (await issuer.link(guest.accessToken, subject)).data.linkIdentity;
    const comeBack = async (): Promise<string> => (await issuer.login(subject)).data.login.user.id;
    return { id: guest.id, accessToken, refreshToken, comeBack };
  };

  describe("the owner registers, a stranger links the same address", () => {
    it("and the owner opens their own email: the owner's password is good, and the user is the owner's alone", async () => {
      const [email, stranger] = [newEmail(), await newStranger()];
      const own = await registered(email, OWN);
      const strange = await linked(email, stranger, STRANGE);
      expect(codeOf(await confirmEmail(gateway, own))).toBeUndefined();
      const owner = await userOf(email, OWN);
      expect(owner).not.toBe(stranger.id);
      expect(await userOf(email, STRANGE)).toBeUndefined();
      expect(codeOf(await confirmEmail(gateway, strange))).toBe("TOKEN_INVALID");
      expect(await stranger.comeBack()).toBe(stranger.id);
      expect((await identitiesOf(stranger.accessToken)).map((each) => each.provider)).not.toContain(
        "local-userpass",
      );
      await reset(email);
      expect(await userOf(email, NEW)).toBe(owner);
    });
    it("and the owner opens the newest email and resets: nothing of the stranger's opens the owner's user", async () => {
      const [email, stranger] = [newEmail(), await newStranger()];
      const { data } = await gateway.graph('mutation { createApiKey(name: "mine") { secret } }', {
        token: stranger.accessToken,
      });
      const own = await registered(email, OWN);
      const newest = await linked(email, stranger, STRANGE);
      expect(codeOf(await confirmEmail(gateway, newest))).toBeUndefined();
      expect(codeOf(await confirmEmail(gateway, own))).toBe("TOKEN_INVALID");
      await reset(email);
      const owner = await userOf(email, NEW);
      expect(owner).toBeDefined();
      expect(await userOf(email, STRANGE)).toBeUndefined();
      expect(await stranger.comeBack()).not.toBe(owner);
      expect(codeOf(await me(gateway, stranger.accessToken))).toBe("UNAUTHENTICATED");
      expect(codeOf(await refresh(gateway, stranger.refreshToken))).toBe("SESSION_REVOKED");
      const byKey = await gateway.graph(
        "mutation ($c: Credentials!) { login(credentials: $c) { user { id } } }",
        { variables: { c: { apiKey: { key: data.createApiKey.secret } } } },
      );
      expect(codeOf(byKey)).toBe("INVALID_CREDENTIALS");
    });
    it("and the owner resets at once: the owner gets a user of their own, and both links end", async () => {
      const [email, stranger] = [newEmail(), await newStranger()];
      const own = await registered(email, OWN);
      const strange = await linked(email, stranger, STRANGE);
      await reset(email);
      const owner = await userOf(email, NEW);
      expect([stranger.id, undefined]).not.toContain(owner);
      for (const token of [own, strange])
        expect(codeOf(await confirmEmail(gateway, token))).toBe("TOKEN_INVALID");
      expect(await stranger.comeBack()).toBe(stranger.id);
    });
    it("from another device of the owner's, as a guest: the email of that guest's link decides for that guest", async () => {
      const [email, stranger, phone] = [newEmail(), await newStranger(), await loginAnonymously(gateway)];
      await registered(email, OWN);
      await linked(email, stranger, STRANGE);
      const token = await linked(email, phone, OWN);
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
      expect(await userOf(email, OWN)).toBe(phone.id);
      expect(await userOf(email, STRANGE)).toBeUndefined();
    });
    it("and asking for another email gets the owner's, which says nothing of an account", async () => {
      const [email, stranger] = [newEmail(), await newStranger()];
      await registered(email, OWN);
      await linked(email, stranger, STRANGE);
      expect(mailServer.to(email).at(-1)?.text).toContain("added");
      const again = await mailed(email, () => resendConfirmation(gateway, email));
      expect(mailServer.to(email).at(-1)?.text).not.toContain("added");
      await confirmEmail(gateway, again);
      expect(await userOf(email, OWN)).toBeDefined();
      expect(await userOf(email, OWN)).not.toBe(stranger.id);
    });
  });

  describe("a stranger comes first", () => {
    it("and a pending registration prevents no other registration, and is not revealed", async () => {
      const email = newEmail();
      await registered(email, STRANGE);
      const own = await registered(email, OWN);
      expect(codeOf(await login(gateway, email, "a guess of neither"))).toBe("INVALID_CREDENTIALS");
      await confirmEmail(gateway, own);
      expect(await userOf(email, OWN)).toBeDefined();
      expect(await userOf(email, STRANGE)).toBeUndefined();
    });
    it("and a pending link prevents no other link", async () => {
      const [email, stranger, guest] = [newEmail(), await newStranger(), await loginAnonymously(gateway)];
      await linked(email, stranger, STRANGE);
      const own = await linked(email, guest, OWN);
      await confirmEmail(gateway, own);
      expect(await userOf(email, OWN)).toBe(guest.id);
      expect((await identitiesOf(stranger.accessToken)).some((each) => each.email === email)).toBe(false);
    });
    it("and who confirms while signed in as the linking user keeps the other methods at a reset", async () => {
      const [email, person] = [newEmail(), await newStranger()];
      const token = await linked(email, person, OWN);
      await gateway.graph("mutation ($t: String!) { confirmEmail(token: $t) { email } }", {
        token: person.accessToken,
        variables: { t: token },
      });
      await reset(email);
      expect(await userOf(email, NEW)).toBe(person.id);
      expect(await person.comeBack()).toBe(person.id);
    });
    it("and methods that were added after the confirmation stay at a reset", async () => {
      const [email, guest, subject] = [newEmail(), await loginAnonymously(gateway), randomUUID()];
      await confirmEmail(gateway, await linked(email, guest, OWN));
      gateway.clock.advance({ seconds: 1 });
      const { accessToken } = (await login(gateway, email, OWN)).data.login;
      await issuer.link(accessToken, subject);
      await reset(email);
      expect((await issuer.login(subject)).data.login.user.id).toBe(guest.id);
    });
  });

  describe("a link", () => {
    it("twice with the same password is one, and one email", async () => {
      const [email, guest] = [newEmail(), await loginAnonymously(gateway)];
      const token = await linked(email, guest, OWN);
      expect(codeOf(await linkEmail(gateway, guest.accessToken, email, OWN))).toBeUndefined();
      await gateway.app.delivery.run();
      expect(mailServer.to(email)).toHaveLength(1);
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
    });
    it("again with another password takes the place of the first, whose email is void", async () => {
      const [email, guest] = [newEmail(), await loginAnonymously(gateway)];
      const first = await linked(email, guest, "mistyped it");
      const second = await linked(email, guest, OWN);
      expect(codeOf(await confirmEmail(gateway, first))).toBe("TOKEN_INVALID");
      expect(codeOf(await confirmEmail(gateway, second))).toBeUndefined();
      expect(await userOf(email, OWN)).toBe(guest.id);
    });
    it("whose user was deleted confirms nothing, and the address is free", async () => {
      const [email, guest] = [newEmail(), await loginAnonymously(gateway)];
      const token = await linked(email, guest, STRANGE);
      await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", { variables: { id: guest.id } });
      expect(codeOf(await confirmEmail(gateway, token))).toBe("TOKEN_INVALID");
      await confirmEmail(gateway, await registered(email, OWN));
      expect(await userOf(email, OWN)).toBeDefined();
    });
    it("that was unlinked confirms nothing", async () => {
      const [email, person] = [newEmail(), await newStranger()];
      const token = await linked(email, person, OWN);
      const { data } = await gateway.graph("{ me { identities { id email } } }", {
        token: person.accessToken,
      });
      const { id } = data.me.identities.find((each: { email: string | null }) => each.email === email);
      await gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id } }", {
        token: person.accessToken,
        variables: { id },
      });
      expect(codeOf(await confirmEmail(gateway, token))).toBe("TOKEN_INVALID");
    });
    it("of a disabled user, confirmed, does not permit a login", async () => {
      const [email, guest] = [newEmail(), await loginAnonymously(gateway)];
      const token = await linked(email, guest, OWN);
      await gateway.admin("mutation ($id: ID!) { disableUser(id: $id) { id } }", {
        variables: { id: guest.id },
      });
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
      expect(codeOf(await login(gateway, email, OWN))).toBe("USER_DISABLED");
    });
    it("without another method of its user, reset before it is confirmed, is the user's", async () => {
      const [email, guest] = [newEmail(), await loginAnonymously(gateway)];
      await linked(email, guest, STRANGE);
      await reset(email);
      expect(await userOf(email, NEW)).toBe(guest.id);
      expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
    });
    it("beside another pending one, reset, belongs to no user: the address gets a user of its own", async () => {
      const [email, one, two] = [
        newEmail(),
        await loginAnonymously(gateway),
        await loginAnonymously(gateway),
      ];
      await linked(email, one, STRANGE);
      await linked(email, two, OWN);
      await reset(email);
      expect([one.id, two.id, undefined]).not.toContain(await userOf(email, NEW));
    });
  });

  it("all emails of one address opened at the same time confirm one password", async () => {
    const email = newEmail();
    const strangers = await Promise.all([newStranger(), newStranger(), newStranger()]);
    const tokens = [await registered(email, OWN)];
    for (const stranger of strangers) tokens.push(await linked(email, stranger, STRANGE));
    const resetToken = await mailed(email, () => requestReset(gateway, email));
    const answers = await Promise.all([
      ...tokens.map((token) => confirmEmail(gateway, token)),
      resetPassword(gateway, resetToken, NEW),
    ]);
    const confirmed = answers.slice(0, -1).filter((answer) => codeOf(answer) === undefined);
    expect(confirmed.length).toBeLessThanOrEqual(1);
    expect(await countRows(gateway, "password_credentials", `email = '${email}' AND NOT is_pending`)).toBe(1);
    const waiting = `credential_id IN (SELECT id FROM password_credentials WHERE email = '${email}')`;
    expect(await countRows(gateway, "pending_registrations", waiting)).toBe(0);
    expect(await countRows(gateway, "identities", `email = '${email}' AND NOT can_sign_in`)).toBe(0);
  });

  it("what waits for a week goes, with the identity of its link, and what was asked for again stays", async () => {
    const [left, renewed, guest] = [newEmail(), newEmail(), await newStranger()];
    await linked(left, guest, OWN);
    await registered(renewed, OWN);
    gateway.clock.advance({ days: 6 });
    const again = await mailed(renewed, () => resendConfirmation(gateway, renewed));
    gateway.clock.advance({ days: 1, seconds: 1 });
    await purgeExpired(gateway.app.services);
    expect(await countRows(gateway, "identities", `email = '${left}'`)).toBe(0);
    expect(await countRows(gateway, "password_credentials", `email = '${left}'`)).toBe(0);
    expect(await countRows(gateway, "password_credentials", `email = '${renewed}'`)).toBe(1);
    expect(again).toMatch(/^pbl_/);
    const token = await mailed(renewed, () => resendConfirmation(gateway, renewed));
    expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
    expect((await identitiesOf((await issuer.login(randomUUID())).data.login.accessToken)).length).toBe(1);
  });

  it("once no confirmation is required, the next link gets the address, and pending registrations are void", async () => {
    const [email, stranger, guest] = [newEmail(), await newStranger(), await loginAnonymously(gateway)];
    const strange = await linked(email, stranger, STRANGE);
    await deployEmailPassword(gateway, { confirmation: "automatic" });
    const { data, errors } = await linkEmail(gateway, guest.accessToken, email, OWN);
    await deployEmailPassword(gateway, { confirmation: "email", ...pages });
    expect(errors).toBeUndefined();
    expect(data.linkIdentity.user.id).toBe(guest.id);
    expect(codeOf(await confirmEmail(gateway, strange))).toBe("TOKEN_INVALID");
    expect(await userOf(email, OWN)).toBe(guest.id);
  });
});

describe.each(databases)("what waited before, on %s", (name) => {
  it("still waits: a registration and a link, each with the email that it had", async () => {
    const place = await createDatabase(name, { isEmpty: true });
    const older = createDataSource(place.url);
    older.setOptions({
      migrations: migrations.slice(0, migrations.indexOf(PendingRegistrations1764151200000)),
    });
    await older.initialize();
    await older.runMigrations();
    const clock = new TestClock();
    const passwordHash = await hash(OWN);
    const emailOf = { registered: "registered@example.com", linked: "linked@example.com" };
    await older.query("INSERT INTO users (id, is_anonymous, created_at) VALUES ('u', false, 5)");
    await older.query(
      `INSERT INTO identities (id, user_id, provider, subject, email, email_verified, is_way_in, created_at)
       VALUES ('i', 'u', 'local-userpass', 'c-linked', '${emailOf.linked}', false, false, 5)`,
    );
    for (const [key, email] of Object.entries(emailOf)) {
      await older.query(
        `INSERT INTO password_credentials (id, email, password_hash, created_at, is_pending, identity_id)
         VALUES ('c-${key}', '${email}', '${passwordHash}', 5, true, ${key === "linked" ? "'i'" : "NULL"})`,
      );
      await older.query(
        `INSERT INTO mail_tokens (hash, credential_id, purpose, expires_at)
         VALUES ('${hashSecret(`pbl_${key}`)}', 'c-${key}', 'confirm', ${+clock.now() + 60_000})`,
      );
    }
    await older.destroy();

    const gateway = await startGateway({ url: place.url, clock });
    expect(codeOf(await login(gateway, emailOf.linked, OWN))).toBe("EMAIL_NOT_CONFIRMED");
    for (const [key, email] of Object.entries(emailOf)) {
      expect((await confirmEmail(gateway, `pbl_${key}`)).data?.confirmEmail).toEqual({ email });
    }
    expect((await login(gateway, emailOf.linked, OWN)).data.login.user.id).toBe("u");
    expect(codeOf(await login(gateway, emailOf.registered, OWN))).toBeUndefined();
    await gateway.stop();
    await place.drop();
  });
});
