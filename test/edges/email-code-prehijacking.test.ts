/**
 * Account pre-hijacking with codes: a stranger who claims an address before its owner, in any way that needs no mailbox, has
 * nothing of the owner's user once the owner logs in by a code, and none of the stranger's links opens anything.
 */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  deployCodes,
  linkByCode,
  loginByCode,
  type MailedCode,
  mailCode,
  readCode,
  requestCode,
  wrongCode,
} from "../support/email-codes.ts";
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
  type Gateway,
  type Login,
  linkEmail,
  login,
  loginAnonymously,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../support/mail-server.ts";

const [OWN, STRANGE, NEW] = ["the owner's own", "the stranger's", "chosen afterwards"];
const AUTOMATIC = { confirmation: "automatic", ...pages };
const BY_EMAIL = { confirmation: "email", ...pages };

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let emails = 0;
  let confirmation = "";

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
  const newEmail = (): string => `victim${++emails}@example.com`;
  const mailed = async (email: string, step: () => Promise<Answer>): Promise<string> => {
    const before = mailServer.to(email).length;
    expect((await step()).errors).toBeUndefined();
    return tokenOf(await mailServer.wait(email, before + 1));
  };
  const mail = (email: string): Promise<MailedCode> => mailCode(gateway, mailServer, email);
  const prove = async (email: string): Promise<Login> => {
    const { code } = await mail(email);
    const { data, errors } = await loginByCode(gateway, { email, code });
    if (errors) throw new Error(JSON.stringify(errors));
    return { ...data.login, id: data.login.user.id };
  };
  const userOf = async (email: string, password: string): Promise<string | undefined> =>
    (await login(gateway, email, password)).data?.login?.user.id;
  const providersOf = async ({ accessToken }: Pick<Login, "accessToken">): Promise<string[]> =>
    (await me(gateway, accessToken)).data.me.identities.map((each: { provider: string }) => each.provider);

  /** Each claims the address as the stranger, and returns the links of emails that it caused, by what they would do. */
  type Claim = { confirms?: string; resets?: string; codes?: MailedCode; guest?: Login };
  const claims: Record<string, [typeof AUTOMATIC, (email: string) => Promise<Claim>]> = {
    "an unconfirmed registration": [
      BY_EMAIL,
      async (email) => ({ confirms: await mailed(email, () => register(gateway, email, STRANGE)) }),
    ],
    "two unconfirmed registrations": [
      BY_EMAIL,
      async (email) => {
        await mailed(email, () => register(gateway, email, OWN));
        return { confirms: await mailed(email, () => register(gateway, email, STRANGE)) };
      },
    ],
    "a pending link": [
      BY_EMAIL,
      async (email) => {
        const guest = await loginAnonymously(gateway);
        const link = () => linkEmail(gateway, guest.accessToken, email, STRANGE);
        return { confirms: await mailed(email, link), guest };
      },
    ],
    "a pending registration whose password is being reset": [
      BY_EMAIL,
      async (email) => {
        const confirms = await mailed(email, () => register(gateway, email, STRANGE));
        return { confirms, resets: await mailed(email, () => requestReset(gateway, email)) };
      },
    ],
    "a registration under automatic confirmation": [
      AUTOMATIC,
      async (email) => {
        await register(gateway, email, STRANGE);
        return {};
      },
    ],
    "a user under automatic confirmation": [
      AUTOMATIC,
      async (email) => {
        await register(gateway, email, STRANGE);
        const { user, ...tokens } = (await login(gateway, email, STRANGE)).data.login;
        return { guest: { ...tokens, id: user.id } };
      },
    ],
    "a guest that linked it under automatic confirmation": [
      AUTOMATIC,
      async (email) => {
        const guest = await loginAnonymously(gateway);
        const linked = await linkEmail(gateway, guest.accessToken, email, STRANGE);
        return { guest: { ...linked.data.linkIdentity, id: guest.id } };
      },
    ],
    "an old reset link": [
      AUTOMATIC,
      async (email) => {
        await register(gateway, email, STRANGE);
        return { resets: await mailed(email, () => requestReset(gateway, email)) };
      },
    ],
    "an old confirmation link": [
      AUTOMATIC,
      async (email) => {
        await register(gateway, email, STRANGE);
        return { confirms: await mailed(email, () => resendConfirmation(gateway, email)) };
      },
    ],
    "an older code": [AUTOMATIC, async (email) => ({ codes: await mail(email) })],
    "a code whose five tries were used": [
      AUTOMATIC,
      async (email) => {
        const codes = await mail(email);
        for (let step = 1; step <= 5; step++)
          await loginByCode(gateway, { email, code: wrongCode(codes, step) });
        return { codes };
      },
    ],
  };

  describe.each(Object.entries(claims))("after %s", (_, [settings, claim]) => {
    it("the owner who logs in by a code has a user of their own, and the stranger has none of it", async () => {
      await deploy(settings);
      const email = newEmail();
      const { confirms, resets, codes, guest } = await claim(email);
      const owner = await prove(email);
      expect(owner.id).not.toBe(guest?.id);
      expect(await providersOf(owner)).toEqual(["email-otp"]);

      expect(codeOf(await login(gateway, email, STRANGE))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await login(gateway, email, OWN))).toBe("INVALID_CREDENTIALS");
      if (confirms) expect(codeOf(await confirmEmail(gateway, confirms))).toBe("TOKEN_INVALID");
      if (resets) expect(codeOf(await resetPassword(gateway, resets, STRANGE))).toBe("TOKEN_INVALID");
      if (codes) {
        for (const each of [{ email, code: codes.code }, { token: codes.token }])
          expect(codeOf(await loginByCode(gateway, each))).toBe("INVALID_CREDENTIALS");
      }
      if (guest) {
        const { data } = await me(gateway, guest.accessToken);
        expect(data.me.id).toBe(guest.id);
        expect(data.me.identities).not.toContainEqual(expect.objectContaining({ email }));
      }
      expect(await countRows(gateway, "password_credentials", `email = '${email}'`)).toBe(0);
      expect((await prove(email)).id).toBe(owner.id);
    });
    it("the owner's guest keeps its id, and is the only user of the address", async () => {
      await deploy(settings);
      const email = newEmail();
      const { confirms, guest: stranger } = await claim(email);
      const guest = await loginAnonymously(gateway);
      const { code } = await mail(email);
      const { data } = await linkByCode(gateway, guest.accessToken, { email, code });
      expect(data.linkIdentity.user).toMatchObject({ id: guest.id, isAnonymous: false });
      expect(codeOf(await login(gateway, email, STRANGE))).toBe("INVALID_CREDENTIALS");
      if (confirms) expect(codeOf(await confirmEmail(gateway, confirms))).toBe("TOKEN_INVALID");
      expect((await prove(email)).id).toBe(guest.id);
      expect(stranger?.id).not.toBe(guest.id);
    });
  });

  describe("what comes after the code", () => {
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
  it("a code that a stranger asked for is that of the address", async () => {
    await deploy(AUTOMATIC);
    const email = newEmail();
    const stranger = await loginAnonymously(gateway);
    await requestCode(gateway, email, { authorization: `Bearer ${stranger.accessToken}` });
    const { code } = readCode(email, await mailServer.wait(email));
    const { data } = await loginByCode(gateway, { email, code });
    expect(data.login.user.id).not.toBe(stranger.id);
    expect(await providersOf(stranger)).toEqual(["anon-user"]);
  });
});
