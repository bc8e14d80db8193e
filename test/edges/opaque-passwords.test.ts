/** A password is the same from every keyboard and system (RFC 8265, OpaqueString), on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hash } from "@node-rs/argon2";
import { hashedForms, preparePassword } from "../../src/providers/local-userpass/prepared-password.ts";
import { changePassword, register, requestReset, resetPassword } from "../support/email-password.ts";
import {
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../support/mail-server.ts";
import { APP, send } from "../support/realm.ts";

describe("preparing", () => {
  it.each([
    ["NFD becomes NFC", "cafe\u0301", "caf\u00e9"],
    ["conjoining Hangul becomes syllables", "\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00"],
    ["other spaces become U+0020", "a\u00a0b\u3000c\u2009d", "a b c d"],
    ["spaces at the ends stay", " a ", " a "],
    ["case stays", "ABC", "ABC"],
    ["width stays", "\uff41\uff42", "\uff41\uff42"],
    ["half-width Hangul stays", "\uffa1", "\uffa1"],
    ["ligatures stay", "\ufb01", "\ufb01"],
  ])("%s", (_, typed, prepared) => {
    expect(preparePassword(typed)).toBe(prepared);
  });
  it.each(["", "tab\there", "nul\0", "line\n", "\u0085", "half \ud800", "x".repeat(5_000)])(
    "%j is none",
    (typed) => {
      expect(preparePassword(typed)).toBeNull();
    },
  );
  it("costs one hash for what is prepared already, and two at most", () => {
    expect(hashedForms("plain password")).toEqual(["plain password"]);
    expect(hashedForms("cafe\u0301")).toEqual(["caf\u00e9", "cafe\u0301"]);
    expect(hashedForms("tab\there")).toEqual(["tab\there"]);
    expect(hashedForms("")).toEqual([]);
    expect(hashedForms("x".repeat(129))).toEqual(["x".repeat(129)].filter((each) => each.length <= 128));
  });
});

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let emails = 0;
  const newEmail = (): string => `typist${++emails}@example.com`;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    await deployEmailPassword(gateway, { confirmation: "automatic", ...pages });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const spellings = [
    ["\u00e9", "caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me"],
    ["\u00fc", "gr\u00fc\u00dfe aus K\u00f6ln", "gru\u0308\u00dfe aus Ko\u0308ln"],
    [
      "Hangul",
      "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
      "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4".normalize("NFD"),
    ],
    ["a no-break space", "correct horse staple", "correct\u00a0horse\u2003staple"],
    ["126 syllables", "\ud55c\uae00".repeat(63), "\ud55c\uae00".repeat(63).normalize("NFD")],
  ] as const;

  it.each(spellings)("%s set in one form is right in the other, by every path", async (_, one, other) => {
    const [registered, linked] = [newEmail(), newEmail()];
    await register(gateway, registered, one);
    expect(codeOf(await login(gateway, registered, other))).toBeUndefined();
    const guest = await loginAnonymously(gateway);
    await linkEmail(gateway, guest.accessToken, linked, other);
    const { accessToken: token } = (await login(gateway, linked, one)).data.login;
    expect(codeOf(await changePassword(gateway, { token }, other, `${other} 2`))).toBeUndefined();
    expect(codeOf(await login(gateway, linked, `${one} 2`))).toBeUndefined();
    await requestReset(gateway, linked);
    const mail = await mailServer.wait(linked, 2);
    expect(codeOf(await resetPassword(gateway, tokenOf(mail), `${other} 3`))).toBeUndefined();
    expect(codeOf(await login(gateway, linked, `${one} 3`))).toBeUndefined();
    expect(codeOf(await login(gateway, linked, `${one} 2`))).toBe("INVALID_CREDENTIALS");
  });

  it("by the Realm protocol too", async () => {
    const email = newEmail();
    await register(gateway, email, "cr\u00e8me br\u00fbl\u00e9e");
    const answer = await send(gateway, "POST", `${APP}/auth/providers/local-userpass/login`, {
      body: { username: email, password: "cre\u0300me bru\u0302le\u0301e" },
    });
    expect(answer.status).toBe(200);
  });

  it("case and width tell passwords apart", async () => {
    const email = newEmail();
    await register(gateway, email, "abcdefgh \uff41");
    for (const wrong of ["ABCDEFGH \uff41", "abcdefgh a", "abcdefgh \uff21", "abcdefgh \uff41 "]) {
      expect(codeOf(await login(gateway, email, wrong))).toBe("INVALID_CREDENTIALS");
    }
  });

  it("a password of before is right as it was typed, and from then on in every form", async () => {
    const email = newEmail();
    const [nfd, nfc] = ["vieille cle\u0301 s\u00fbre", "vieille cl\u00e9 s\u00fbre"];
    await register(gateway, email, "another one");
    await gateway.app.database.writes.transaction(async (manager) =>
      manager.query(
        `UPDATE password_credentials SET password_hash = '${await hash(nfd)}' WHERE email = '${email}'`,
      ),
    );
    expect(codeOf(await login(gateway, email, nfc))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await login(gateway, email, nfd))).toBeUndefined();
    expect(codeOf(await login(gateway, email, nfc))).toBeUndefined();
    expect(codeOf(await login(gateway, email, nfd))).toBeUndefined();
  });

  it("a password of before that could not be set any more is still right", async () => {
    const email = newEmail();
    await register(gateway, email, "another one");
    await gateway.app.database.writes.transaction(async (manager) =>
      manager.query(
        `UPDATE password_credentials SET password_hash = '${await hash("with a\ttab")}' WHERE email = '${email}'`,
      ),
    );
    expect(codeOf(await login(gateway, email, "with a\ttab"))).toBeUndefined();
    expect(codeOf(await login(gateway, email, "with a tab"))).toBe("INVALID_CREDENTIALS");
  });

  it.each([
    ["with a control character\u0007", "CHARACTERS"],
    ["two\nlines of text", "CHARACTERS"],
    ["", "LENGTH"],
    ["e\u0301".repeat(7), "LENGTH"],
  ])("a new password %j is WEAK_PASSWORD with the reason %s", async (password, reason) => {
    const answer = await register(gateway, newEmail(), password);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: "WEAK_PASSWORD", reason });
  });
});
