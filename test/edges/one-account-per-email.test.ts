/** An email that this gateway confirmed by an email is one account, by a code and by a password, with each confirmation. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createImporter } from "../../src/import/import-users.ts";
import { decideImport } from "../../src/import/imported-users.ts";
import { operator } from "../support/contexts.ts";
import { deployCodes, linkByCode, loginByCode } from "../support/email-codes.ts";
import { confirmEmail, register, requestReset, resetPassword } from "../support/email-password.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { deployEmailPassword, type MailServer, pages, startMailServer } from "../support/mail-server.ts";
import { openMailboxes, passwords } from "../support/mailboxes.ts";

const { own: OWN, strange: STRANGE, new: NEW } = passwords;
const AUTOMATIC = { confirmation: "automatic", ...pages };
const BY_EMAIL = { confirmation: "email", ...pages };

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let emails = 0;
  let confirmation = "";
  const { mail, mailed, prove, userOf, providersOf } = openMailboxes(
    () => gateway,
    () => mailServer,
  );

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    await deployCodes(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const deploy = async (settings: typeof AUTOMATIC): Promise<void> => {
    if (settings.confirmation !== confirmation) await deployEmailPassword(gateway, settings);
    confirmation = settings.confirmation;
  };
  const newEmail = (): string => `person${++emails}@example.com`;

  describe("an address that a code confirmed", () => {
    it("a registration needs its email, and then is the owner's, who has a password now", async () => {
      await deploy(BY_EMAIL);
      const email = newEmail();
      const owner = await prove(email);
      const token = await mailed(email, () => register(gateway, email, OWN));
      expect(mailServer.to(email).at(-1)?.text).toContain("was added to an existing account");
      expect(codeOf(await login(gateway, email, OWN))).toBe("EMAIL_NOT_CONFIRMED");
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
      expect(await userOf(email, OWN)).toBe(owner.id);
      expect(await userOf(email, OWN)).toBe(owner.id);
      expect((await providersOf(owner)).sort()).toEqual(["email-otp", "local-userpass"]);
      expect((await prove(email)).id).toBe(owner.id);
    });
    it("a reset of such a registration is the owner's too", async () => {
      await deploy(BY_EMAIL);
      const email = newEmail();
      const owner = await prove(email);
      await mailed(email, () => register(gateway, email, STRANGE));
      const token = await mailed(email, () => requestReset(gateway, email));
      expect(codeOf(await resetPassword(gateway, token, NEW))).toBeUndefined();
      expect(await userOf(email, STRANGE)).toBeUndefined();
      expect(await userOf(email, NEW)).toBe(owner.id);
    });
    it("a registration under automatic confirmation is rejected", async () => {
      await deploy(AUTOMATIC);
      const email = newEmail();
      const owner = await prove(email);
      expect(codeOf(await register(gateway, email, STRANGE))).toBe("EMAIL_TAKEN");
      expect(codeOf(await login(gateway, email, STRANGE))).toBe("INVALID_CREDENTIALS");
      expect(await providersOf(owner)).toEqual(["email-otp"]);
    });
    it.each([AUTOMATIC, BY_EMAIL])("a stranger cannot link it, with %j", async (settings) => {
      await deploy(settings);
      const email = newEmail();
      await prove(email);
      const stranger = await loginAnonymously(gateway);
      const answer = await linkEmail(gateway, stranger.accessToken, email, STRANGE);
      expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
      expect(await providersOf(stranger)).toEqual(["anon-user"]);
      expect(await countRows(gateway, "password_credentials", `email = '${email}'`)).toBe(0);
    });
    it.each([AUTOMATIC, BY_EMAIL])(
      "its owner links a password, which needs no email, with %j",
      async (settings) => {
        await deploy(settings);
        const email = newEmail();
        const owner = await prove(email);
        const before = mailServer.to(email).length;
        const { errors } = await linkEmail(gateway, owner.accessToken, email, OWN);
        expect(errors).toBeUndefined();
        expect(await userOf(email, OWN)).toBe(owner.id);
        expect((await prove(email)).id).toBe(owner.id);
        expect(mailServer.to(email)).toHaveLength(before + 1);
        const { data } = await gateway.graph("{ me { identities { provider emailVerified } } }", {
          token: owner.accessToken,
        });
        expect(data.me.identities).toContainEqual({ provider: "local-userpass", emailVerified: true });
      },
    );
  });

  describe("an address that a password confirmed", () => {
    const confirmed = async (email: string): Promise<void> => {
      await deploy(BY_EMAIL);
      const token = await mailed(email, () => register(gateway, email, OWN));
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
    };
    it("is that user's by a code too, which is another identity of the user", async () => {
      const email = newEmail();
      await confirmed(email);
      const user = await userOf(email, OWN);
      const owner = await prove(email);
      expect(owner.id).toBe(user);
      expect((await providersOf(owner)).sort()).toEqual(["email-otp", "local-userpass"]);
      expect(await userOf(email, OWN)).toBe(user);
      expect((await prove(email)).id).toBe(user);
      expect(await countRows(gateway, "identities", `email = '${email}'`)).toBe(2);
    });
    it("is that user's when the first login is by the code", async () => {
      const email = newEmail();
      await confirmed(email);
      const owner = await prove(email);
      expect(await userOf(email, OWN)).toBe(owner.id);
    });
    it("is one user when the first logins by code and password come at once", async () => {
      const email = newEmail();
      await confirmed(email);
      const { code } = await mail(email);
      const answers = await Promise.all([
        loginByCode(gateway, { email, code }),
        ...Array.from({ length: 4 }, () => login(gateway, email, OWN)),
      ]);
      expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
      expect(new Set(answers.map(({ data }) => data.login.user.id)).size).toBe(1);
    });
    it("is a conflict for a guest, which merges or switches", async () => {
      const email = newEmail();
      await confirmed(email);
      const user = await userOf(email, OWN);
      const guest = await loginAnonymously(gateway);
      const { code } = await mail(email);
      const { linkIdentity } = (await linkByCode(gateway, guest.accessToken, { email, code })).data;
      expect(linkIdentity).toMatchObject({ __typename: "IdentityConflict", provider: "email-otp" });
      const merged = await mergeUser(gateway, guest.accessToken, linkIdentity.mergeTicket);
      expect(merged.data.mergeUser.user).toMatchObject({ id: user, formerIds: [guest.id] });
      expect((await prove(email)).id).toBe(user);
    });
    it("is linked to its own user without a conflict", async () => {
      const email = newEmail();
      await confirmed(email);
      const { user, accessToken } = (await login(gateway, email, OWN)).data.login;
      const { code } = await mail(email);
      const { data } = await linkByCode(gateway, accessToken, { email, code });
      expect(data.linkIdentity.user.id).toBe(user.id);
      expect((await prove(email)).id).toBe(user.id);
    });
    it("conflicts with the password of a user who has the address by a code", async () => {
      const email = newEmail();
      const owner = await prove(email);
      await confirmed(email);
      const guest = await loginAnonymously(gateway);
      const { linkIdentity } = (await linkEmail(gateway, guest.accessToken, email, OWN)).data;
      const merged = await mergeUser(gateway, guest.accessToken, linkIdentity.mergeTicket);
      expect(merged.data.mergeUser.user.id).toBe(owner.id);
      expect(await userOf(email, OWN)).toBe(owner.id);
    });
  });

  it("who typed an address and then shows to own it keeps the password", async () => {
    await deploy(AUTOMATIC);
    const email = newEmail();
    await register(gateway, email, OWN);
    const { user, accessToken } = (await login(gateway, email, OWN)).data.login;
    const { code } = await mail(email);
    expect((await linkByCode(gateway, accessToken, { email, code })).errors).toBeUndefined();
    expect(await userOf(email, OWN)).toBe(user.id);
    expect((await prove(email)).id).toBe(user.id);
  });
  it("an imported user without a password is found by a code, and is confirmed then", async () => {
    await deploy(AUTOMATIC);
    const email = newEmail();
    const now = gateway.clock.now();
    const decision = decideImport(
      {
        _id: `65f1a0c2b4d8e9f0${String(emails).padStart(8, "0")}`,
        identities: [
          {
            id: `75f1a0c2b4d8e9f0${String(emails).padStart(8, "0")}`,
            provider_type: "local-userpass",
            provider_data: { email },
          },
        ],
        type: "normal",
        creation_date: +now / 1_000 - 86_400,
        disabled: false,
      },
      { now, policy: { anonymousUserDays: 90 }, anonymousFrom: "creation", normalizeEmail: String },
    );
    if (decision.kind !== "import") throw new Error(decision.reason);
    await createImporter(gateway.app.services, operator, { dryRun: false })([decision.planned]);
    const owner = await prove(email);
    expect(owner.id).toBe(decision.planned.user.id);
    expect((await providersOf(owner)).sort()).toEqual(["email-otp", "local-userpass"]);
    const token = await mailed(email, () => requestReset(gateway, email));
    expect(codeOf(await resetPassword(gateway, token, NEW))).toBeUndefined();
    expect(await userOf(email, NEW)).toBe(owner.id);
  });
});
