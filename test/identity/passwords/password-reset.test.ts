/** Password reset by email, and password change, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  changePassword,
  PASSWORD,
  register,
  requestReset,
  resendConfirmation,
  resetPassword,
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
  me,
  refresh,
  startGateway,
} from "../../support/gateway.ts";
import { deployIssuer, type Issuer } from "../../support/issuer.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../../support/mail-server.ts";

const NEW = "another horse";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let issuer: Issuer;
  let emails = 0;
  const newEmail = (): string => `person${++emails}@example.com`;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    await deployEmailPassword(gateway, { confirmation: "email", ...pages });
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  /** A user whose email is linked, and confirmed unless said otherwise. */
  const newPerson = async ({ isConfirmed = true } = {}) => {
    const email = newEmail();
    const guest = await loginAnonymously(gateway);
    await linkEmail(gateway, guest.accessToken, email);
    const mail = await mailServer.wait(email);
    if (isConfirmed) {
      await gateway.graph("mutation ($t: String!) { confirmEmail(token: $t) { email } }", {
        variables: { t: tokenOf(mail) },
      });
    }
    return { ...guest, email };
  };
  const resetToken = async (email: string): Promise<string> => {
    const before = mailServer.to(email).length;
    expect((await requestReset(gateway, email)).data.requestPasswordReset).toEqual({ email });
    return tokenOf(await mailServer.wait(email, before + 1));
  };

  describe("a reset", () => {
    it("sends a link to the operator's page, whose token sets a new password and does not log in", async () => {
      const { email } = await newPerson();
      const token = await resetToken(email);
      const [mail] = mailServer.to(email).slice(-1);
      expect(mail?.text).toContain(`https://app.example.com/reset?lang=en&token=${token}`);
      const sessions = await countRows(gateway, "sessions", "ended_at IS NULL");
      expect((await resetPassword(gateway, token, NEW)).data.resetPassword).toEqual({ email });
      expect(await countRows(gateway, "sessions", "ended_at IS NULL")).toBeLessThan(sessions);
      expect(codeOf(await login(gateway, email, PASSWORD))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await login(gateway, email, NEW))).toBeUndefined();
    });
    it("ends every session of the user, tells its owner, and leaves other users alone", async () => {
      const [person, other] = [await newPerson(), await newPerson()];
      const second = (await login(gateway, person.email, PASSWORD)).data.login;
      await resetPassword(gateway, await resetToken(person.email), NEW);
      for (const tokens of [person, second]) {
        expect(codeOf(await me(gateway, tokens.accessToken))).toBe("UNAUTHENTICATED");
        expect(codeOf(await refresh(gateway, tokens.refreshToken))).toBe("SESSION_REVOKED");
      }
      expect((await me(gateway, other.accessToken)).data.me.id).toBe(other.id);
      expect((await mailServer.wait(person.email, 3)).subject).toBe("Your password was changed");
    });
    it("confirms the email, because its owner has read the message, and makes it a sign-in method", async () => {
      const { email, id } = await newPerson({ isConfirmed: false });
      await resetPassword(gateway, await resetToken(email), NEW);
      const { data } = await login(gateway, email, NEW);
      expect(data.login.user.id).toBe(id);
      expect(
        await countRows(gateway, "identities", `email = '${email}' AND can_sign_in AND email_verified`),
      ).toBe(1);
      expect(
        await countRows(gateway, "password_credentials", `email = '${email}' AND confirmed_at > 0`),
      ).toBe(1);
    });
    it("takes an unconfirmed email from a stranger who could come back, and leaves the stranger the rest", async () => {
      const stranger = await newPerson({ isConfirmed: false });
      const { email } = stranger;
      const subject = `stranger of ${email}`;
      await issuer.link(stranger.accessToken, subject);
      await resetPassword(gateway, await resetToken(email), NEW);
      const owner = (await login(gateway, email, NEW)).data.login;
      expect(owner.user.id).not.toBe(stranger.id);
      expect((await issuer.login(subject)).data.login.user.id).toBe(stranger.id);
      expect((await me(gateway, stranger.accessToken)).data.me.identities).toEqual(
        expect.not.arrayContaining([expect.objectContaining({ email })]),
      );
    });
    it("of a registration that waits lets its owner in", async () => {
      const email = newEmail();
      await register(gateway, email, PASSWORD);
      await mailServer.wait(email);
      await resetPassword(gateway, await resetToken(email), NEW);
      expect(codeOf(await login(gateway, email, NEW))).toBeUndefined();
    });
    it("answers the same for an address that is not registered, and sends it nothing", async () => {
      const [{ email }, unknown] = [await newPerson(), newEmail()];
      const before = mailServer.received.length;
      const answers = [await requestReset(gateway, email), await requestReset(gateway, unknown)];
      const [first, second] = answers.map(({ data, errors, status }) =>
        JSON.stringify({ data, errors, status }),
      );
      expect(first?.replace(email, unknown)).toBe(second);
      await mailServer.wait(email, 2);
      await gateway.app.delivery.run();
      expect(mailServer.received.slice(before).map(({ to }) => to)).toEqual([email]);
      expect(await countRows(gateway, "outgoing_emails")).toBe(0);
    });
    it("token works once, also twenty times at the same time", async () => {
      const { email } = await newPerson();
      const token = await resetToken(email);
      const passwords = Array.from({ length: 20 }, (_, index) => `${NEW} ${index}`);
      const answers = await Promise.all(passwords.map((each) => resetPassword(gateway, token, each)));
      const codes = answers.map(codeOf);
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(codes.filter((code) => code === "TOKEN_INVALID")).toHaveLength(19);
      const winner = String(passwords[codes.indexOf(undefined)]);
      expect(codeOf(await login(gateway, email, winner))).toBeUndefined();
      expect(codeOf(await resetPassword(gateway, token, NEW))).toBe("TOKEN_INVALID");
    });
    it("token that expired, is truncated or for another purpose is TOKEN_INVALID, and changes nothing", async () => {
      const { email, accessToken } = await newPerson({ isConfirmed: false });
      const confirm = tokenOf(await mailServer.wait(email));
      const token = await resetToken(email);
      for (const wrong of [token.slice(0, -1), "", confirm]) {
        expect(codeOf(await resetPassword(gateway, wrong, NEW))).toBe("TOKEN_INVALID");
      }
      expect((await me(gateway, accessToken)).errors).toBeUndefined();
      gateway.clock.advance({ minutes: 30 });
      expect(codeOf(await resetPassword(gateway, token, NEW))).toBe("TOKEN_INVALID");
      expect(codeOf(await login(gateway, email, PASSWORD))).toBe("EMAIL_NOT_CONFIRMED");
    });
    it("token is void once the password has changed otherwise", async () => {
      const { email, accessToken } = await newPerson();
      const [one, two] = [await resetToken(email), await resetToken(email)];
      await changePassword(gateway, { token: accessToken }, PASSWORD, NEW);
      expect(codeOf(await resetPassword(gateway, one, "a third horse"))).toBe("TOKEN_INVALID");
      expect(codeOf(await resetPassword(gateway, two, "a third horse"))).toBe("TOKEN_INVALID");
    });
    it("with a bad password says so, and the token is still good", async () => {
      const { email } = await newPerson();
      const token = await resetToken(email);
      const answer = await resetPassword(gateway, token, "password1");
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: "WEAK_PASSWORD", reason: "COMMON" });
      expect(codeOf(await resetPassword(gateway, token, NEW))).toBeUndefined();
    });
    it("of a disabled user changes the password, and logins still fail", async () => {
      const { email, id } = await newPerson();
      const set = (operation: string) =>
        gateway.admin(`mutation ($id: ID!) { ${operation}(id: $id) { disabled } }`, { variables: { id } });
      await set("disableUser");
      await resetPassword(gateway, await resetToken(email), NEW);
      expect(codeOf(await login(gateway, email, NEW))).toBe("USER_DISABLED");
      await set("enableUser");
      expect(codeOf(await login(gateway, email, NEW))).toBeUndefined();
    });
    it("takes back an offer to merge that the old password gave", async () => {
      const [{ email }, guest] = [await newPerson(), await loginAnonymously(gateway)];
      const { mergeTicket } = (await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity;
      await resetPassword(gateway, await resetToken(email), NEW);
      const merge = await gateway.graph("mutation ($t: String!) { mergeUser(ticket: $t) { accessToken } }", {
        token: guest.accessToken,
        variables: { t: mergeTicket },
      });
      expect(codeOf(merge)).toBe("MERGE_TICKET_INVALID");
    });
    it("leaves no session to logins with the old password at the same time", async () => {
      for (let round = 0; round < 5; round++) {
        const { email } = await newPerson();
        const token = await resetToken(email);
        const logins = Array.from({ length: 6 }, () => login(gateway, email, PASSWORD));
        const [reset, ...answers] = await Promise.all([resetPassword(gateway, token, NEW), ...logins]);
        expect(codeOf(reset)).toBeUndefined();
        for (const answer of answers) {
          const inside = answer.data?.login && (await me(gateway, answer.data.login.accessToken));
          expect(codeOf(inside ?? answer)).toMatch(/^(UNAUTHENTICATED|INVALID_CREDENTIALS)$/);
        }
      }
    });
  });

  describe("a change", () => {
    it("needs the current password, ends the user's other sessions, and this one continues", async () => {
      const person = await newPerson();
      const second = (await login(gateway, person.email, PASSWORD)).data.login;
      const token = second.accessToken;
      expect(codeOf(await changePassword(gateway, { token }, "wrong", NEW))).toBe("INVALID_CREDENTIALS");
      const { data } = await changePassword(gateway, { token }, PASSWORD, NEW);
      expect(data.changePassword).toEqual({ sessionsEnded: 1 });
      expect(codeOf(await me(gateway, person.accessToken))).toBe("UNAUTHENTICATED");
      expect((await me(gateway, token)).data.me.id).toBe(person.id);
      expect(codeOf(await refresh(gateway, second.refreshToken))).toBeUndefined();
      expect(codeOf(await login(gateway, person.email, PASSWORD))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await login(gateway, person.email, NEW))).toBeUndefined();
      expect((await mailServer.wait(person.email, 2)).subject).toBe("Your password was changed");
    });
    it("is for a signed-in user with a recent login and a password", async () => {
      const guest = await loginAnonymously(gateway);
      expect(codeOf(await changePassword(gateway, {}, PASSWORD, NEW))).toBe("UNAUTHENTICATED");
      expect(codeOf(await changePassword(gateway, { token: guest.accessToken }, PASSWORD, NEW))).toBe(
        "IDENTITY_NOT_FOUND",
      );
      const { email } = await newPerson();
      const { accessToken: token } = (await login(gateway, email, PASSWORD)).data.login;
      gateway.clock.advance({ minutes: 16 });
      expect(codeOf(await changePassword(gateway, { token }, PASSWORD, NEW))).toBe(
        "REAUTHENTICATION_REQUIRED",
      );
    });
    it("ten times at the same time happens once", async () => {
      const { accessToken: token, email } = await newPerson();
      const passwords = Array.from({ length: 10 }, (_, index) => `${NEW} ${index}`);
      const answers = await Promise.all(
        passwords.map((each) => changePassword(gateway, { token }, PASSWORD, each)),
      );
      const codes = answers.map(codeOf);
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(codes.filter((code) => code === "INVALID_CREDENTIALS")).toHaveLength(9);
      expect(
        codeOf(await login(gateway, email, String(passwords[codes.indexOf(undefined)]))),
      ).toBeUndefined();
    });
  });

  it("is PROVIDER_DISABLED in every email flow once the provider is disabled, whatever is given", async () => {
    const { email, accessToken } = await newPerson();
    const token = await resetToken(email);
    const switchTo = async (enabled: boolean) => {
      await gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
        variables: { i: { name: "local-userpass", enabled } },
      });
      await gateway.admin("mutation { deploy { version } }");
    };
    await switchTo(false);
    const answers = await Promise.all([
      register(gateway, "no email", ""),
      requestReset(gateway, "no email"),
      resendConfirmation(gateway, email),
      resetPassword(gateway, token, NEW),
      gateway.graph('mutation { confirmEmail(token: "x") { email } }'),
      changePassword(gateway, { token: accessToken }, PASSWORD, NEW),
    ]);
    expect(answers.map(codeOf)).toEqual(Array(6).fill("PROVIDER_DISABLED"));
    await switchTo(true);
    expect(codeOf(await resetPassword(gateway, token, NEW))).toBeUndefined();
  });
});
