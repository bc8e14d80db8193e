/** Codes and links by email: a real mail server, both databases, whole flows over HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { purgeExpired } from "../../src/identity/users/purge.ts";
import {
  deployCodes,
  LINK_URL,
  linkByCode,
  loginByCode,
  mailCode,
  requestCode,
  wrongCode,
} from "../support/email-codes.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  loginAnonymously,
  mergeUser,
  startGateway,
  TestClock,
} from "../support/gateway.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  const clock = new TestClock();
  let email = "";
  let emails = 0;

  const start = () => startGateway({ url: database.url, clock, settings: mailServer.settings });
  const mail = () => mailCode(gateway, mailServer, email);
  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await start();
    await deployCodes(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });
  beforeEach(() => {
    email = `person${++emails}@example.com`;
  });

  describe("an email", () => {
    it("has six digits, and a link to the operator's page with a token, in text and HTML", async () => {
      const { code, token, mail: received } = await mail();
      const link = `${LINK_URL}&token=${token}`;
      expect(received.subject).toBe("Your login code");
      for (const body of [received.text, String(received.html).replaceAll("&amp;", "&")]) {
        expect(body).toContain(code);
        expect(body).toContain(link);
        expect(body).toContain("10 minutes");
        expect(body).not.toContain("tokenId");
      }
    });
    it("has the code only where there is no page", async () => {
      await deployCodes(gateway, {});
      const { mail: received, code } = await mail();
      expect(received.text).not.toContain("link");
      expect(received.text).not.toMatch(/https?:/);
      expect((await loginByCode(gateway, { email, code })).errors).toBeUndefined();
      await deployCodes(gateway);
    });
    it("reveals neither code nor token in the database", async () => {
      const { code, token } = await mail();
      const rows = await gateway.app.database.reads.query(
        "SELECT * FROM login_flows WHERE email IS NOT NULL",
      );
      const text = JSON.stringify(rows);
      expect(text).toContain(email);
      expect(text).not.toContain(`"${code}"`);
      expect(text).not.toContain(token);
    });
    it("goes to addresses only", async () => {
      for (const bad of ["", "person", "a@b@c", "a@example.com, b@example.com", "a\n@example.com"]) {
        expect([bad, codeOf(await requestCode(gateway, bad))]).toEqual([bad, "BAD_USER_INPUT"]);
      }
    });
    it("is not sent when a newer one has replaced it", async () => {
      await mailServer.down();
      await requestCode(gateway, email);
      await requestCode(gateway, email);
      await mailServer.up();
      clock.advance({ seconds: 90 });
      await gateway.app.delivery.run();
      expect(mailServer.to(email)).toHaveLength(1);
      expect(await countRows(gateway, "outgoing_emails")).toBe(0);
    });
    it("starts its ten minutes when it is sent, and is not sent after them", async () => {
      await mailServer.down();
      await requestCode(gateway, email);
      clock.advance({ minutes: 9 });
      await mailServer.up();
      await gateway.app.delivery.run();
      const received = await mailServer.wait(email);
      clock.advance({ minutes: 9 });
      const code = /^\d{6}$/m.exec(received.text ?? "")?.[0] ?? "";
      expect((await loginByCode(gateway, { email, code })).errors).toBeUndefined();

      await mailServer.down();
      await requestCode(gateway, email);
      clock.advance({ minutes: 10 });
      await mailServer.up();
      await gateway.app.delivery.run();
      expect(mailServer.to(email)).toHaveLength(1);
    });
  });

  describe("a code", () => {
    it("registers an address at its first login, and logs in the same user afterwards", async () => {
      const { code } = await mail();
      const { data } = await loginByCode(gateway, { email, code });
      expect(data.login.user).toMatchObject({
        isAnonymous: false,
        expiresAt: null,
        identities: [{ provider: "email-otp", email, emailVerified: true, canSignIn: true }],
      });
      const again = await loginByCode(gateway, { email, code: (await mail()).code });
      expect(again.data.login.user.id).toBe(data.login.user.id);
      expect(await countRows(gateway, "identities", `email = '${email}'`)).toBe(1);
    });
    it("is good once, and its link dies with it", async () => {
      const { code, token } = await mail();
      expect((await loginByCode(gateway, { email, code })).errors).toBeUndefined();
      expect(codeOf(await loginByCode(gateway, { email, code }))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await loginByCode(gateway, { token }))).toBe("INVALID_CREDENTIALS");
    });
    it("dies with its link", async () => {
      const { code, token } = await mail();
      expect((await loginByCode(gateway, { token })).errors).toBeUndefined();
      expect(codeOf(await loginByCode(gateway, { token }))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await loginByCode(gateway, { email, code }))).toBe("INVALID_CREDENTIALS");
    });
    it("works at its fifth try, but not at its sixth, nor does its link; login and link count together", async () => {
      const first = await mail();
      const guest = await loginAnonymously(gateway);
      const tryWrong = async (index: number): Promise<void> => {
        const wrong = { email, code: wrongCode(first, index + 1) };
        const answer = await (index % 2 === 0
          ? loginByCode(gateway, wrong)
          : linkByCode(gateway, guest.accessToken, wrong));
        expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
      };
      for (let index = 0; index < 4; index++) await tryWrong(index);
      expect(
        (await loginByCode(gateway, first.code ? { email, code: first.code } : {})).errors,
      ).toBeUndefined();

      const second = await mail();
      for (let index = 0; index < 5; index++) {
        const wrong = { email, code: wrongCode(second, index + 1) };
        expect(codeOf(await loginByCode(gateway, wrong))).toBe("INVALID_CREDENTIALS");
      }
      expect(codeOf(await loginByCode(gateway, { email, code: second.code }))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await loginByCode(gateway, { token: second.token }))).toBe("INVALID_CREDENTIALS");
      expect((await loginByCode(gateway, { email, code: (await mail()).code })).errors).toBeUndefined();
    });
    it("expires after ten minutes, with its link, and its row is purged", async () => {
      const { code, token } = await mail();
      clock.advance({ minutes: 10 });
      expect(codeOf(await loginByCode(gateway, { email, code }))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await loginByCode(gateway, { token }))).toBe("INVALID_CREDENTIALS");
      await purgeExpired(gateway.app.services);
      expect(await countRows(gateway, "login_flows", `email = '${email}'`)).toBe(0);
    });
    it("is replaced by a newer one, with its link", async () => {
      const older = await mail();
      const newer = await mail();
      expect(codeOf(await loginByCode(gateway, { token: older.token }))).toBe("INVALID_CREDENTIALS");
      if (older.code !== newer.code)
        expect(codeOf(await loginByCode(gateway, { email, code: older.code }))).toBe("INVALID_CREDENTIALS");
      expect((await loginByCode(gateway, { email, code: newer.code })).errors).toBeUndefined();
      expect(await countRows(gateway, "login_flows", `email = '${email}'`)).toBe(0);
    });
    it("is of its own address only", async () => {
      const { code } = await mail();
      const other = await mailCode(gateway, mailServer, `other-${email}`);
      if (other.code === code) return;
      expect(codeOf(await loginByCode(gateway, { email: `other-${email}`, code }))).toBe(
        "INVALID_CREDENTIALS",
      );
      expect((await loginByCode(gateway, { email, code })).errors).toBeUndefined();
    });
    it("works in every spelling of its address, and as people type digits", async () => {
      const { code } = await mail();
      const typed = `${code.slice(0, 3)} ${code.slice(3)}`.replace(/\d/g, (digit) =>
        String.fromCharCode(0xff10 + Number(digit)),
      );
      const answer = await loginByCode(gateway, { email: ` ${email.toUpperCase()} `, code: typed });
      expect(answer.data.login.user.identities[0].email).toBe(email);
    });
    it("survives a restart", async () => {
      const { code } = await mail();
      await gateway.stop();
      gateway = await start();
      expect((await loginByCode(gateway, { email, code })).errors).toBeUndefined();
    });
    it("is void when the settings change, and rejected while the provider is disabled", async () => {
      const { code } = await mail();
      await deployProvider(gateway, "email-otp", false);
      expect(codeOf(await loginByCode(gateway, { email, code }))).toBe("PROVIDER_DISABLED");
      expect(codeOf(await requestCode(gateway, email))).toBe("PROVIDER_DISABLED");
      await deployCodes(gateway, { linkUrl: "https://other.example.com/" });
      expect(codeOf(await loginByCode(gateway, { email, code }))).toBe("INVALID_CREDENTIALS");
      await deployCodes(gateway);
    });
    it("sent a hundred times at once logs in once", async () => {
      const { code } = await mail();
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => loginByCode(gateway, { email, code })),
      );
      const codes = answers.map((answer) => codeOf(answer) ?? "logged in");
      expect(codes.filter((each) => each === "logged in")).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set(["logged in", "INVALID_CREDENTIALS"]));
      expect(await countRows(gateway, "identities", `email = '${email}'`)).toBe(1);
    });
    it("requested a hundred times at once is one code", async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => requestCode(gateway, email)));
      expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
      expect(await countRows(gateway, "login_flows", `email = '${email}'`)).toBe(1);
    });
    it("needs either an address and a code, or a token", async () => {
      const { code, token } = await mail();
      const bad = [{}, { email }, { code }, { email, token }, { email, code, token }, { code, token }];
      for (const each of bad) expect(codeOf(await loginByCode(gateway, each))).toBe("BAD_USER_INPUT");
      const wrong = [{ email: "person", code }, { email, code: "" }, { token: "" }, { email: "", code: "" }];
      for (const each of wrong) expect(codeOf(await loginByCode(gateway, each))).toBe("INVALID_CREDENTIALS");
    });
  });

  describe.each(["code", "link"] as const)("a guest, by %s", (by) => {
    const credentials = ({ code, token }: { code: string; token: string }) =>
      by === "code" ? { email, code } : { token };

    it("becomes permanent, with the same id", async () => {
      const guest = await loginAnonymously(gateway);
      const { data } = await linkByCode(gateway, guest.accessToken, credentials(await mail()));
      expect(data.linkIdentity.user).toMatchObject({ id: guest.id, isAnonymous: false, expiresAt: null });
      const elsewhere = await loginByCode(gateway, credentials(await mail()));
      expect(elsewhere.data.login.user.id).toBe(guest.id);
    });
    it("who has an account is offered a merge, or logs in to it", async () => {
      const owner = (await loginByCode(gateway, credentials(await mail()))).data.login.user.id;
      const guest = await loginAnonymously(gateway);
      const { linkIdentity } = (await linkByCode(gateway, guest.accessToken, credentials(await mail()))).data;
      expect(linkIdentity).toMatchObject({ __typename: "IdentityConflict", provider: "email-otp" });
      const merged = await mergeUser(gateway, guest.accessToken, linkIdentity.mergeTicket);
      expect(merged.data.mergeUser.user).toMatchObject({ id: owner, formerIds: [guest.id] });
      const other = await loginAnonymously(gateway);
      await linkByCode(gateway, other.accessToken, credentials(await mail()));
      expect((await loginByCode(gateway, credentials(await mail()))).data.login.user.id).toBe(owner);
    });
    it("uses what another device asked for", async () => {
      const guest = await loginAnonymously(gateway);
      const mailed = await mail();
      const elsewhere = await loginByCode(gateway, credentials(mailed), { "user-agent": "another" });
      expect(elsewhere.data.login.user.identities).toHaveLength(1);
      expect(codeOf(await linkByCode(gateway, guest.accessToken, credentials(mailed)))).toBe(
        "INVALID_CREDENTIALS",
      );
    });
  });
});
