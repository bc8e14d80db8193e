/** Templates: ours, an operator's, and what no address or template can do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type EmailKind, emailKinds } from "../../src/mail/mail.ts";
import { type EmailValues, loadTemplates, TemplateError } from "../../src/mail/templates.ts";
import { createSmtpTransport, type Transport } from "../../src/mail/transport.ts";
import { readSettings, SettingsError } from "../../src/settings/settings.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

const values: EmailValues = {
  email: "person@example.com",
  sender: "Example",
  link: "https://app.example.com/confirm?token=pbl_x&lang=en",
  token: "",
  minutes: "30",
};
const folders: string[] = [];
const folderWith = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), "passerby-mails-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const problemsOf = (files: Record<string, string>): readonly string[] => {
  try {
    loadTemplates(folderWith(files));
    return [];
  } catch (error) {
    return (error as TemplateError).problems;
  }
};

describe("ours", () => {
  it.each(Object.keys(emailKinds) as EmailKind[])(
    "%s has a subject, a text and HTML, all filled in",
    (kind) => {
      const { subject, text, html } = loadTemplates(null)(kind, values);
      expect(subject).toMatch(/^\S.{5,60}$/);
      for (const part of [subject, text, html]) expect(part).not.toMatch(/\{\{|\}\}|undefined/);
      expect(text).toContain("person@example.com");
      expect(html).toContain("<strong>person@example.com</strong>");
      const hasLink = emailKinds[kind] !== null || kind === "code";
      expect(text.includes(values.link)).toBe(hasLink);
      expect(html.includes('href="https://app.example.com/confirm?token=pbl_x&amp;lang=en"')).toBe(hasLink);
    },
  );
  it("show the token where there is no page to lead to", () => {
    const { text, html } = loadTemplates(null)("reset", { ...values, link: "", token: "pbl_abc" });
    expect(text).toMatch(/^pbl_abc$/m);
    expect(html).toContain(">pbl_abc</p>");
    expect(html).not.toContain("href");
  });
});

describe("an operator's", () => {
  it("replace ours file by file", () => {
    const render = loadTemplates(
      folderWith({
        "confirm.txt": "Subject: Hallo {{email}}\r\n\r\nHier: {{link}}\r\n",
        "layout.html": "<b>{{content}}</b>",
      }),
    );
    expect(render("confirm", values)).toMatchObject({
      subject: "Hallo person@example.com",
      text: `Hier: ${values.link}\n`,
      html: expect.stringMatching(/^<b><h1[\s\S]*<\/b>$/),
    });
    expect(render("reset", values).subject).toBe("Reset your password");
  });
  it.each([
    [{ "confirm.html": "{{nmae}}" }, "confirm.html has the unknown placeholder {{nmae}}"],
    [{ "confirm.txt": "Hello" }, "confirm.txt needs a first line"],
    [{ "layout.html": "<p></p>" }, "layout.html needs {{content}}"],
    [{ "reset.html": "{{#link}}x" }, "reset.html has a section that is not closed"],
    [
      { "reset.html": "{{#link}}{{^token}}x{{/token}}{{/link}}" },
      "reset.html has a section that is not closed, or one",
    ],
  ])("that make no sense are rejected at start: %j", (files, problem) => {
    expect(problemsOf(files)).toEqual([expect.stringContaining(problem)]);
  });
  it("in a folder that does not exist are rejected", () => {
    expect(() => loadTemplates("/nowhere")).toThrow(TemplateError);
  });
});

describe("what a value says", () => {
  it("is text in HTML, and no tag of ours", () => {
    const email = `<img src=x onerror="1">'&{{link}}`;
    const { html, text } = loadTemplates(null)("password-changed", { ...values, email });
    expect(html).toContain("&lt;img src=x onerror=&quot;1&quot;&gt;&#39;&amp;{{link}}");
    expect(text).toContain("{{link}}");
  });
  it("begins no line of its own, so a subject stays one header", () => {
    const folder = folderWith({ "confirm.txt": "Subject: For {{email}}\n\nHello" });
    const email = "a@example.com\r\nBcc: evil@example.com\u2028X: y";
    expect(loadTemplates(folder)("confirm", { ...values, email }).subject).toBe(
      "For a@example.com Bcc: evil@example.com X: y",
    );
  });
});

describe("an email that is sent", () => {
  let mailServer: MailServer;
  let transport: Transport;
  beforeAll(async () => {
    mailServer = await startMailServer();
    transport = createSmtpTransport(String(mailServer.settings.SMTP_URL), {
      name: "Example",
      address: "no-reply@example.com",
    });
  });
  afterAll(() => mailServer.down());
  const send = (message: { to: string; subject?: string }) =>
    transport.send(
      { id: "1", subject: "Hello", text: "text", html: "<p>html</p>", ...message },
      AbortSignal.timeout(5_000),
    );

  it.each([
    "one@example.com, two@example.com",
    "one@example.com,two.example",
    '"one" <two@example.com>',
    "group: one@example.com;",
    "one@example.com\r\nBcc: two@example.com",
    "one@example.com>\r\nRCPT TO:<two@example.com",
  ])("to %j never reaches a second person", async (to) => {
    const before = mailServer.received.length;
    await send({ to }).catch(() => {});
    const reached = mailServer.received.slice(before).map((each) => each.to);
    expect(reached.length).toBeLessThanOrEqual(1);
    expect(reached).not.toContain("two@example.com");
    expect(reached).not.toContain("two.example");
    for (const { mail } of mailServer.received.slice(before)) expect(mail.bcc).toBeUndefined();
  });
  it("with line breaks in its subject has no further header", async () => {
    await send({ to: "subject@example.com", subject: "Hello\r\nBcc: two@example.com\r\n\r\nbody" });
    const mail = await mailServer.wait("subject@example.com");
    expect(mail.bcc).toBeUndefined();
    expect(mail.text).toBe("text");
    expect(mail.subject).toContain("Hello");
  });
});

describe("MAIL_FROM", () => {
  it.each([
    ["no-reply@example.com", { name: "", address: "no-reply@example.com" }],
    ["Example <no-reply@example.com>", { name: "Example", address: "no-reply@example.com" }],
    ['"Example, Inc." <a@example.com>', { name: "Example, Inc.", address: "a@example.com" }],
  ])("%s is understood", (given, expected) => {
    expect(readSettings({ SMTP_URL: "smtp://h", MAIL_FROM: given }).emailsFrom).toEqual(expected);
  });
  it.each(["name", "a@b, c@d", "A <a@b", "A <a@b>\r\nBcc: c@d", "<>", "a@b>"])("%j is rejected", (given) => {
    expect(() => readSettings({ SMTP_URL: "smtp://h", MAIL_FROM: given })).toThrow(SettingsError);
  });
  it("is needed with SMTP_URL", () => {
    expect(() => readSettings({ SMTP_URL: "smtp://h" })).toThrow("MAIL_FROM must be set");
  });
  it.each(["http://h", "smtp://", "smtp://h/path", "smtp://h?tls=off", "h:25"])(
    "SMTP_URL %s is rejected",
    (given) => {
      expect(() => readSettings({ SMTP_URL: given, MAIL_FROM: "a@b" })).toThrow("SMTP_URL must be");
    },
  );
});
