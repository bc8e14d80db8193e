/** Confirmation by email: registering, linking, and what a stranger learns from the answers. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  confirmEmail,
  PASSWORD,
  register,
  requestReset,
  resendConfirmation,
} from "../../support/email-password.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  startGateway,
} from "../../support/gateway.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../../support/mail-server.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let emails = 0;
  const newEmail = (): string => `person${++emails}@example.com`;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    await deployEmailPassword(gateway, { confirmation: "email", ...pages });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const identitiesOf = async (token: string) =>
    (
      await gateway.graph(
        "{ me { isAnonymous expiresAt identities { provider email emailVerified canSignIn } } }",
        { token },
      )
    ).data.me;
  const emailOf = async (token: string) =>
    (await identitiesOf(token)).identities.filter(
      (each: { provider: string }) => each.provider === "local-userpass",
    );
  const registered = async (email: string, password = PASSWORD): Promise<string> => {
    const before = mailServer.to(email).length;
    expect((await register(gateway, email, password)).errors).toBeUndefined();
    return tokenOf(await mailServer.wait(email, before + 1));
  };

  describe("registering", () => {
    it("sends the email at once: the fastest of five within a second, on a busy machine too", async () => {
      const took = [];
      for (const email of Array.from({ length: 5 }, newEmail)) {
        const begun = Date.now();
        await register(gateway, email, PASSWORD);
        await mailServer.wait(email);
        took.push(Date.now() - begun);
      }
      expect(Math.min(...took)).toBeLessThan(1_000);
    });
    it("sends an email whose link leads to the operator's page", async () => {
      const email = newEmail();
      const { data } = await register(gateway, email.toUpperCase(), PASSWORD);
      expect(data.registerEmailPassword).toEqual({ email, needsConfirmation: true });
      const mail = await mailServer.wait(email);
      expect(mail.subject).toBe("Confirm your email address");
      expect(mail.from?.text).toBe('"Example" <no-reply@example.com>');
      expect(mail.text).toContain(`${pages.confirmUrl}?token=pbl_`);
      expect(mail.html).toContain(`href="${pages.confirmUrl}?token=${tokenOf(mail)}&amp;tokenId=mail"`);
      expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
    });
    it("stores neither the token nor the address of the email in clear", async () => {
      const email = newEmail();
      await mailServer.down();
      await register(gateway, email, PASSWORD);
      await gateway.app.delivery.run();
      const rows = await gateway.app.database.reads.query("SELECT * FROM outgoing_emails");
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toMatch(/example|pbl_/);
      await mailServer.up();
      gateway.clock.advance({ seconds: 5 });
      const token = tokenOf(await mailServer.wait(email));
      const tokens = await gateway.app.database.reads.query("SELECT * FROM email_tokens");
      expect(JSON.stringify(tokens)).not.toContain(token.slice(4));
    });
    it("rejects logins before the confirmation, and says why only to a client with the right password", async () => {
      const email = newEmail();
      const token = await registered(email);
      expect(codeOf(await login(gateway, email, PASSWORD))).toBe("EMAIL_NOT_CONFIRMED");
      expect(codeOf(await login(gateway, email, "wrong password"))).toBe("INVALID_CREDENTIALS");
      expect((await confirmEmail(gateway, token)).data.confirmEmail).toEqual({ email });
      const { data } = await login(gateway, email, PASSWORD);
      expect((await identitiesOf(data.login.accessToken)).identities).toEqual([
        { provider: "local-userpass", email, emailVerified: true, canSignIn: true },
      ]);
    });
    // Each email confirms its own password: a later registration must not change what an earlier email confirms.
    it.each([0, 1])(
      "again waits beside the first: email %i confirms its own password, and the other is void",
      async (opened) => {
        const email = newEmail();
        const passwords = ["the first password", "the second password"];
        const tokens = [];
        for (const password of passwords) tokens.push(await registered(email, password));
        expect(codeOf(await confirmEmail(gateway, String(tokens[opened])))).toBeUndefined();
        expect(codeOf(await confirmEmail(gateway, String(tokens[1 - opened])))).toBe("TOKEN_INVALID");
        expect(codeOf(await login(gateway, email, String(passwords[1 - opened])))).toBe(
          "INVALID_CREDENTIALS",
        );
        expect(codeOf(await login(gateway, email, String(passwords[opened])))).toBeUndefined();
      },
    );
    it("a confirmed address changes nothing, answers the same, and tells its owner", async () => {
      const email = newEmail();
      await confirmEmail(gateway, await registered(email));
      const [known, unknown] = [email, newEmail()];
      const answers = [
        await register(gateway, known, "another password"),
        await register(gateway, unknown, "another password"),
      ];
      const [first, second] = answers.map(({ data, errors, status }) => ({ data, errors, status }));
      expect(JSON.stringify(first).replace(known, unknown)).toBe(JSON.stringify(second));
      const mail = await mailServer.wait(email, 2);
      expect(mail.subject).toBe("You already have an account");
      expect(mail.text).not.toContain("pbl_");
      expect(codeOf(await login(gateway, email, "another password"))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await login(gateway, email, PASSWORD))).toBeUndefined();
    });
    it("at the same time, ten times, leaves one credential and the last link that works", async () => {
      const email = newEmail();
      const answers = await Promise.all(Array.from({ length: 10 }, () => register(gateway, email, PASSWORD)));
      expect(answers.map(codeOf)).toEqual(Array(10).fill(undefined));
      await gateway.app.delivery.run();
      expect(await countRows(gateway, "password_credentials", `email = '${email}'`)).toBe(1);
      const codes = [];
      for (const mail of mailServer.to(email)) codes.push(codeOf(await confirmEmail(gateway, tokenOf(mail))));
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    });
  });

  describe("a token", () => {
    it("works once", async () => {
      const token = await registered(newEmail());
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
      expect(codeOf(await confirmEmail(gateway, token))).toBe("TOKEN_INVALID");
    });
    it("used twenty times at the same time works once", async () => {
      const token = await registered(newEmail());
      const answers = await Promise.all(Array.from({ length: 20 }, () => confirmEmail(gateway, token)));
      const codes = answers.map(codeOf);
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(codes.filter((code) => code === "TOKEN_INVALID")).toHaveLength(19);
    });
    it("that expired, is truncated, changed, empty or for another purpose is TOKEN_INVALID", async () => {
      const email = newEmail();
      const token = await registered(email);
      await requestReset(gateway, email);
      const reset = tokenOf(await mailServer.wait(email, 2));
      for (const wrong of [token.slice(0, -1), `${token}A`, token.toUpperCase(), "", "pbl_", "'", reset]) {
        expect(codeOf(await confirmEmail(gateway, wrong))).toBe("TOKEN_INVALID");
      }
      gateway.clock.advance({ minutes: 30 });
      expect(codeOf(await confirmEmail(gateway, token))).toBe("TOKEN_INVALID");
      expect(codeOf(await login(gateway, email, PASSWORD))).toBe("EMAIL_NOT_CONFIRMED");
    });
    it("works until the last second of its thirty minutes", async () => {
      const token = await registered(newEmail());
      gateway.clock.advance({ minutes: 29, seconds: 59 });
      expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
    });
  });

  describe("asking for another email", () => {
    it("sends one to who waits, and none to who does not or is unknown, with the same answer", async () => {
      const [waiting, confirmed, unknown] = [newEmail(), newEmail(), newEmail()];
      const older = await registered(waiting);
      await confirmEmail(gateway, await registered(confirmed));
      const answers = [];
      for (const email of [waiting, confirmed, unknown]) {
        const { data, errors, status } = await resendConfirmation(gateway, email);
        answers.push(JSON.stringify({ data, errors, status }).replace(email, "…"));
      }
      expect(new Set(answers).size).toBe(1);
      await mailServer.wait(waiting, 2);
      await gateway.app.delivery.run();
      expect(mailServer.to(confirmed)).toHaveLength(1);
      expect(mailServer.to(unknown)).toHaveLength(0);
      expect(await countRows(gateway, "outgoing_emails")).toBe(0);
      // The first of two emails works as well as the second.
      expect(codeOf(await confirmEmail(gateway, older))).toBeUndefined();
    });
    it("rejects what is not an email", async () => {
      for (const email of [
        "",
        "unknown",
        "a@b@c",
        "a,b@example.com",
        "a@example.com,evil.example",
        "<a@b.c>",
        "a@b\r\nBcc: c@d",
      ]) {
        expect(codeOf(await resendConfirmation(gateway, email))).toBe("BAD_USER_INPUT");
        expect(codeOf(await register(gateway, email, PASSWORD))).toBe("BAD_USER_INPUT");
      }
    });
  });

  describe("linking", () => {
    it("attaches at once, and is a sign-in method only after the confirmation; the user stays and never expires", async () => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      const { data } = await linkEmail(gateway, guest.accessToken, email);
      expect(data.linkIdentity.user).toEqual({ id: guest.id, isAnonymous: false, expiresAt: null });
      const token = tokenOf(await mailServer.wait(email));
      const pending = { provider: "local-userpass", email, emailVerified: false, canSignIn: false };
      expect(await emailOf(guest.accessToken)).toEqual([pending]);
      expect(codeOf(await login(gateway, email, PASSWORD))).toBe("EMAIL_NOT_CONFIRMED");
      await confirmEmail(gateway, token);
      expect(await emailOf(guest.accessToken)).toEqual([
        { ...pending, emailVerified: true, canSignIn: true },
      ]);
      expect((await login(gateway, email, PASSWORD)).data.login.user.id).toBe(guest.id);
    });
    it("takes an address that only waits for its confirmation, and its old link is void once the new one is opened", async () => {
      const email = newEmail();
      const old = await registered(email, "a stranger's password");
      const guest = await loginAnonymously(gateway);
      expect((await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity.user.id).toBe(guest.id);
      await confirmEmail(gateway, tokenOf(await mailServer.wait(email, 2)));
      expect(codeOf(await confirmEmail(gateway, old))).toBe("TOKEN_INVALID");
      expect(codeOf(await login(gateway, email, "a stranger's password"))).toBe("INVALID_CREDENTIALS");
      expect((await login(gateway, email, PASSWORD)).data.login.user.id).toBe(guest.id);
    });
    it("again with what is mine and waits is a success", async () => {
      const guest = await loginAnonymously(gateway);
      const email = newEmail();
      await linkEmail(gateway, guest.accessToken, email);
      expect((await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity.user.id).toBe(guest.id);
    });
    it("twice at the same time, as by a double click, is one link, one email, and its token works", async () => {
      for (let round = 0; round < 5; round++) {
        const guest = await loginAnonymously(gateway);
        const email = newEmail();
        const answers = await Promise.all([1, 2, 3].map(() => linkEmail(gateway, guest.accessToken, email)));
        expect(answers.map(codeOf)).toEqual(Array(3).fill(undefined));
        await gateway.app.delivery.run();
        expect(mailServer.to(email)).toHaveLength(1);
        expect(codeOf(await confirmEmail(gateway, tokenOf(await mailServer.wait(email))))).toBeUndefined();
      }
    });
    // A user who links an address first must not keep it from its owner, nor learn that another user has it.
    it("with what waits at another user waits as well, whatever the password; its email decides, and offers no merge", async () => {
      const [first, second] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const email = newEmail();
      await linkEmail(gateway, first.accessToken, email);
      await mailServer.wait(email);
      await linkEmail(gateway, second.accessToken, email, "another password");
      expect(await emailOf(first.accessToken)).toMatchObject([{ email, canSignIn: false }]);
      expect(await emailOf(second.accessToken)).toMatchObject([{ email, canSignIn: false }]);
      expect(await countRows(gateway, "merge_tickets")).toBe(0);
      await confirmEmail(gateway, tokenOf(await mailServer.wait(email, 2)));
      expect(await emailOf(first.accessToken)).toEqual([]);
      expect((await login(gateway, email, "another password")).data.login.user.id).toBe(second.id);
      expect(codeOf(await login(gateway, email, PASSWORD))).toBe("INVALID_CREDENTIALS");
    });
    it("replaces a mistyped address that was never confirmed, and does not replace a confirmed one", async () => {
      const guest = await loginAnonymously(gateway);
      const [mistyped, right] = [newEmail(), newEmail()];
      await linkEmail(gateway, guest.accessToken, mistyped);
      const token = tokenOf(await mailServer.wait(mistyped));
      expect(codeOf(await linkEmail(gateway, guest.accessToken, right))).toBeUndefined();
      expect(await emailOf(guest.accessToken)).toMatchObject([{ email: right, canSignIn: false }]);
      expect(codeOf(await confirmEmail(gateway, token))).toBe("TOKEN_INVALID");
      await confirmEmail(gateway, tokenOf(await mailServer.wait(right)));
      expect(codeOf(await linkEmail(gateway, guest.accessToken, newEmail()))).toBe("PROVIDER_ALREADY_LINKED");
    });
    it("by ten users at the same time gives the address to the one whose email is opened first", async () => {
      const email = newEmail();
      const guests = await Promise.all(Array.from({ length: 10 }, () => loginAnonymously(gateway)));
      const answers = await Promise.all(guests.map((guest) => linkEmail(gateway, guest.accessToken, email)));
      const codes = answers.map(codeOf);
      expect(codes).toEqual(Array(10).fill(undefined));
      await mailServer.wait(email, 10);
      const confirmed = await Promise.all(
        mailServer.to(email).map((mail) => confirmEmail(gateway, tokenOf(mail))),
      );
      expect(confirmed.map(codeOf).filter((code) => code === undefined)).toHaveLength(1);
      const { data } = await login(gateway, email, PASSWORD);
      expect(guests.map(({ id }) => id)).toContain(data.login.user.id);
      expect(await countRows(gateway, "identities", `email = '${email}'`)).toBe(1);
    });
  });
});
