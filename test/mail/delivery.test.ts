/** Delivery: no email is lost, none goes out twice, and the log keeps quiet about secrets. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { purgeExpired } from "../../src/identity/users/purge.ts";
import { pauseSeconds } from "../../src/mail/delivery.ts";
import { smtpOptions } from "../../src/mail/transport.ts";
import { confirmEmail, PASSWORD, register, requestReset } from "../support/email-password.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  startGateway,
  TestClock,
} from "../support/gateway.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../support/mail-server.ts";

const newLog = () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: pino({ level: "trace" }, stream), read: () => lines.join("") };
};

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  const gateways: Gateway[] = [];
  let emails = 0;
  const newEmail = (): string => `person${++emails}@example.com`;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    const first = await start();
    await deployEmailPassword(first, { confirmation: "email", ...pages });
    await first.stop();
    gateways.length = 0;
  });
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.stop();
    mailServer.rejection = null;
    await mailServer.up();
  });
  afterAll(async () => {
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const clock = new TestClock();
  const start = async (
    options: { log?: pino.Logger; settings?: Record<string, string> } = {},
  ): Promise<Gateway> => {
    const { settings, ...rest } = options;
    const gateway = await startGateway({
      url: database.url,
      clock,
      settings: { ...mailServer.settings, ...settings },
      ...rest,
    });
    gateways.push(gateway);
    return gateway;
  };
  const waiting = (gateway: Gateway) => countRows(gateway, "outgoing_emails");

  it("a mail server that is down fails no registration, and gets the mail when it is up", async () => {
    const gateway = await start();
    await mailServer.down();
    const email = newEmail();
    expect(codeOf(await register(gateway, email, PASSWORD))).toBeUndefined();
    await gateway.app.delivery.run();
    expect(await waiting(gateway)).toBe(1);
    await mailServer.up();
    clock.advance({ seconds: 4 });
    await gateway.app.delivery.run();
    expect(mailServer.to(email)).toHaveLength(0);
    clock.advance({ seconds: 1 });
    expect(codeOf(await confirmEmail(gateway, tokenOf(await mailServer.wait(email))))).toBeUndefined();
    await gateway.app.delivery.run();
    expect([await waiting(gateway), mailServer.to(email).length]).toEqual([0, 1]);
  });

  it("pauses grow from five seconds to an hour", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(pauseSeconds)).toEqual([
      5, 15, 45, 135, 405, 1215, 3600, 3600, 3600,
    ]);
  });

  it("a restart in between loses none, and a link that waited for hours works for thirty minutes from then", async () => {
    const first = await start();
    await mailServer.down();
    const email = newEmail();
    await register(first, email, PASSWORD);
    await first.app.delivery.run();
    await first.stop();
    gateways.length = 0;
    clock.advance({ minutes: 5 * 60 });
    const second = await start();
    await purgeExpired(second.app.services);
    await second.app.delivery.run();
    await mailServer.up();
    clock.advance({ minutes: 60 });
    const token = tokenOf(await mailServer.wait(email));
    clock.advance({ minutes: 29 });
    expect(codeOf(await confirmEmail(second, token))).toBeUndefined();
  });

  it("an email whose link is void by now is not sent", async () => {
    const gateway = await start();
    const [mistyped, email] = [newEmail(), newEmail()];
    const { accessToken } = await loginAnonymously(gateway);
    await mailServer.down();
    await linkEmail(gateway, accessToken, mistyped);
    await linkEmail(gateway, accessToken, email);
    await gateway.app.delivery.run();
    await mailServer.up();
    clock.advance({ seconds: 5 });
    await mailServer.wait(email);
    await gateway.app.delivery.run();
    expect([await waiting(gateway), mailServer.to(mistyped).length, mailServer.to(email).length]).toEqual([
      0, 0, 1,
    ]);
  });

  it("after two days an email is discarded, and logged without address or token", async () => {
    const { log, read } = newLog();
    const gateway = await start({ log });
    mailServer.rejection = { code: 451, message: "come back later" };
    await register(gateway, newEmail(), PASSWORD);
    await gateway.app.delivery.run();
    clock.advance({ days: 2, seconds: -1 });
    await gateway.app.delivery.run();
    expect(await waiting(gateway)).toBe(1);
    clock.advance({ minutes: 60 });
    await gateway.app.delivery.run();
    expect(await waiting(gateway)).toBe(0);
    expect(read()).toMatch(
      /"kind":"confirm","attempts":3,"reason":"EENVELOPE 451 RCPT TO","msg":"email not delivered, and discarded"/,
    );
    expect(read()).not.toMatch(/person\d|pbl_|p@ss|p%40ss/);
  });

  it("what the mail server rejects for good is not tried again", async () => {
    const { log, read } = newLog();
    const gateway = await start({ log });
    const email = newEmail();
    mailServer.rejection = { code: 550, message: `no mailbox ${email} here` };
    await register(gateway, email, PASSWORD);
    await gateway.app.delivery.run();
    expect(await waiting(gateway)).toBe(0);
    expect(read()).toContain("email not delivered, and discarded");
    expect(read()).not.toContain(email);
  });

  it("a wrong password at the mail server is the operator's to mend: the mail waits", async () => {
    const { log, read } = newLog();
    const wrong = { SMTP_URL: String(mailServer.settings.SMTP_URL).replace("p%40ss", "wrong-secret") };
    const gateway = await start({ log, settings: wrong });
    const email = newEmail();
    await register(gateway, email, PASSWORD);
    await gateway.app.delivery.run();
    expect(await waiting(gateway)).toBe(1);
    expect(read()).toMatch(/EAUTH 535/);
    expect(read()).not.toContain("wrong-secret");
    await gateway.stop();
    gateways.length = 0;
    clock.advance({ seconds: 5 });
    await start();
    await mailServer.wait(email);
  });

  it("two gateways send each email once", async () => {
    const [one, two] = [await start(), await start()];
    const addresses = Array.from({ length: 20 }, newEmail);
    await mailServer.down();
    await Promise.all(addresses.map((email, index) => register(index % 2 ? one : two, email, PASSWORD)));
    await Promise.all([one.app.delivery.run(), two.app.delivery.run()]);
    await mailServer.up();
    clock.advance({ days: 1 });
    const before = mailServer.received.length;
    await Promise.all([one, two, one, two].map(({ app }) => app.delivery.run()));
    while ((await waiting(one)) > 0) await Promise.all([one, two].map(({ app }) => app.delivery.run()));
    const sent = mailServer.received.slice(before).map(({ to }) => to);
    expect(sent.sort()).toEqual(addresses.sort());
  });

  it("keeps the same message id at every attempt", async () => {
    const gateway = await start();
    const email = newEmail();
    await register(gateway, email, PASSWORD);
    expect((await mailServer.wait(email)).messageId).toMatch(/^<[0-9a-f-]{36}@example\.com>$/);
  });

  describe("without SMTP_URL", () => {
    const none = { SMTP_URL: "", MAIL_FROM: "" };
    it("on this machine the log shows the email, with a hint", async () => {
      const { log, read } = newLog();
      const gateway = await start({ log, settings: none });
      const email = newEmail();
      await register(gateway, email, PASSWORD);
      await gateway.app.delivery.run();
      const line =
        read()
          .split("\n")
          .find((each) => each.includes("SMTP_URL is not set")) ?? "{}";
      expect(JSON.parse(line)).toMatchObject({ to: email, text: expect.stringContaining("?token=pbl_") });
    });
    it("elsewhere nothing is logged or promised, the start warns, and confirmation cannot be deployed", async () => {
      const { log, read } = newLog();
      const gateway = await start({ log, settings: { ...none, PUBLIC_URL: "https://id.example.com" } });
      expect(read()).toContain("registrations need a confirmation email, and emails are not sent");
      expect(codeOf(await register(gateway, newEmail(), PASSWORD))).toBe("SERVICE_UNAVAILABLE");
      expect(codeOf(await requestReset(gateway, newEmail()))).toBe("SERVICE_UNAVAILABLE");
      expect(await waiting(gateway)).toBe(0);
      await gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
        variables: { i: { name: "anon-user", enabled: false } },
      });
      const rejected = await gateway.admin("mutation { deploy { version } }");
      expect(rejected.errors?.[0]).toMatchObject({
        message: expect.stringContaining("Set SMTP_URL first"),
        extensions: { code: "BAD_USER_INPUT", problems: [{ field: "confirmation" }] },
      });
      await gateway.admin("mutation { discardDraft }");
      expect(read()).not.toMatch(/pbl_|person\d/);
    });
  });
});

it("a stop waits five seconds at most for a mail server that says nothing, and gives the mail back", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const database = await createDatabase("sqlite");
  const settings = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "a@example.com" };
  const gateway = await startGateway({ url: database.url, settings });
  await deployEmailPassword(gateway, { confirmation: "email", ...pages });
  await register(gateway, "person@example.com", PASSWORD);
  await once(silent, "connection");
  const begun = Date.now();
  await gateway.stop();
  expect(Date.now() - begun).toBeLessThan(8_000);
  const again = await startGateway({ url: database.url, settings });
  expect(await countRows(again, "outgoing_emails", "attempts >= 1")).toBe(1);
  await once(silent, "connection");
  silent.close();
  await again.stop();
  await database.drop();
});

describe("SMTP_URL", () => {
  it.each([
    ["smtp://mail.example.com", { port: 587, secure: false, requireTLS: true, ignoreTLS: false }],
    ["smtps://u:p%40@mail.example.com", { port: 465, secure: true, auth: { user: "u", pass: "p@" } }],
    ["smtp://relay:25?starttls=off", { port: 25, requireTLS: false, ignoreTLS: true }],
    ["smtp://127.0.0.1:1025", { port: 1025, requireTLS: false }],
    ["smtp://[::1]:1025", { host: "::1", requireTLS: false }],
  ])("%s", (url, expected) => {
    const options = smtpOptions(url);
    expect(options).toMatchObject(expected);
    expect(options).toMatchObject({
      tls: { rejectUnauthorized: true },
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
    });
  });
});
