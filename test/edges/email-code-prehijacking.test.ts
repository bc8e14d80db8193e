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
  startGateway,
} from "../support/gateway.ts";
import { deployEmailPassword, type MailServer, pages, startMailServer } from "../support/mail-server.ts";
import { openMailboxes, passwords } from "../support/mailboxes.ts";

const { own: OWN, strange: STRANGE } = passwords;
const AUTOMATIC = { confirmation: "automatic", ...pages };
const BY_EMAIL = { confirmation: "email", ...pages };

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let emails = 0;
  let confirmation = "";
  const { mail, mailed, prove, providersOf } = openMailboxes(
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
  const newEmail = (): string => `victim${++emails}@example.com`;
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
