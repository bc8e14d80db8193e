/** Email and password: which passwords are taken, what can be set, and what an import makes of App Services' file. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parseProvidersJson } from "../../src/import/providers-json.ts";
import { localUserpass } from "../../src/providers/local-userpass.ts";
import {
  changePassword,
  PASSWORD,
  register,
  requestReset,
  resetPassword,
} from "../support/email-password.ts";
import {
  codeOf,
  createDatabase,
  deployProvider,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let mailServer: MailServer;
let emails = 0;
const newEmail = (): string => `person${++emails}@example.com`;

beforeAll(async () => {
  [database, mailServer] = await Promise.all([createDatabase("sqlite"), startMailServer()]);
  gateway = await startGateway({ url: database.url, settings: mailServer.settings });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([database.drop(), mailServer.down()]);
});

describe("passwords", () => {
  it.each([
    ["1234567", "LENGTH"],
    ["🐎".repeat(7), "LENGTH"],
    ["x".repeat(129), "LENGTH"],
    ["password", "COMMON"],
    ["PassWord1", "COMMON"],
    ["12345678", "COMMON"],
    ["iloveyou", "COMMON"],
  ])("%s is rejected in every door, with the reason %s", async (weak, reason) => {
    const rejection = {
      code: "WEAK_PASSWORD",
      reason,
      ...(reason === "LENGTH" && { minLength: 8, maxLength: 128 }),
    };
    const email = newEmail();
    const guest = await loginAnonymously(gateway);
    expect((await register(gateway, email, weak)).errors?.[0]?.extensions).toEqual(rejection);
    expect((await linkEmail(gateway, guest.accessToken, email, weak)).errors?.[0]?.extensions).toEqual(
      rejection,
    );
    await linkEmail(gateway, guest.accessToken, email);
    const token = guest.accessToken;
    expect((await changePassword(gateway, { token }, PASSWORD, weak)).errors?.[0]?.extensions).toEqual(
      rejection,
    );
    expect(codeOf(await login(gateway, email, weak))).toBe("INVALID_CREDENTIALS");
  });
  it.each(["🐎".repeat(8), "correct horse", "        x", "x".repeat(128)])("%s is taken", async (good) => {
    expect(codeOf(await register(gateway, newEmail(), good))).toBeUndefined();
  });

  describe("under the rules that App Services had", () => {
    beforeAll(() =>
      deployProvider(gateway, "local-userpass", true, { minPasswordLength: 6, refuseCommonPasswords: false }),
    );

    it.each(["doh123!", "passw0rd", "123456", "x".repeat(128)])(
      "%s is taken by registering, linking, changing and logging in",
      async (password) => {
        const [email, linked] = [newEmail(), newEmail()];
        expect(codeOf(await register(gateway, email, password))).toBeUndefined();
        expect(codeOf(await login(gateway, email, password))).toBeUndefined();
        const { accessToken: token } = await loginAnonymously(gateway);
        expect(codeOf(await linkEmail(gateway, token, linked, PASSWORD))).toBeUndefined();
        expect(codeOf(await changePassword(gateway, { token }, PASSWORD, password))).toBeUndefined();
        expect(codeOf(await login(gateway, linked, password))).toBeUndefined();
      },
    );
    it.each(["12345", "", "x".repeat(129)])(
      "%s is still rejected, and the sentence says these rules",
      async (bad) => {
        const { errors } = await register(gateway, newEmail(), bad);
        expect(errors?.[0]).toMatchObject({
          message: "The password needs 6 to 128 characters.",
          extensions: { code: "WEAK_PASSWORD", reason: "LENGTH", minLength: 6, maxLength: 128 },
        });
      },
    );
    it("a password chosen under them still logs in when the rules are stricter again", async () => {
      const email = newEmail();
      await register(gateway, email, "doh123!");
      await deployProvider(gateway, "local-userpass", true, {});
      expect(codeOf(await login(gateway, email, "doh123!"))).toBeUndefined();
      expect(codeOf(await register(gateway, newEmail(), "doh123!"))).toBe("WEAK_PASSWORD");
    });
  });
  it.each([5, 65, 8.5, "8", null])(
    "a minimum length of %s is rejected when it is saved",
    async (minPasswordLength) => {
      const saved = deployProvider(gateway, "local-userpass", true, { minPasswordLength });
      await expect(saved).rejects.toThrow(/minPasswordLength/);
    },
  );
});

describe("with automatic confirmation", () => {
  it("an email logs in at once and says EMAIL_TAKEN afterwards", async () => {
    const email = newEmail();
    const { data } = await register(gateway, email, PASSWORD);
    expect(data.registerEmailPassword).toEqual({ email, needsConfirmation: false });
    expect(codeOf(await login(gateway, email, PASSWORD))).toBeUndefined();
    expect(codeOf(await register(gateway, email, PASSWORD))).toBe("EMAIL_TAKEN");
    expect(mailServer.to(email)).toHaveLength(0);
  });
  it("a password is reset by an email that shows the token if there is no page", async () => {
    const email = newEmail();
    await register(gateway, email, PASSWORD);
    await requestReset(gateway, email);
    const token = String(/^pbl_\S+$/m.exec((await mailServer.wait(email)).text ?? "")?.[0]);
    expect(codeOf(await resetPassword(gateway, token, "another horse"))).toBeUndefined();
    expect(codeOf(await login(gateway, email, "another horse"))).toBeUndefined();
  });
});

describe("settings", () => {
  const problemsOf = (settings: object): string[] =>
    (localUserpass.settings.safeParse(settings).error?.issues ?? []).map((issue) => issue.path.join("."));
  it.each([
    [{}, []],
    [{ confirmation: "email" }, ["confirmUrl"]],
    [{ confirmation: "email", confirmUrl: "https://a.example/x" }, []],
    [{ confirmUrl: "/confirm" }, ["confirmUrl"]],
    [{ resetUrl: "javascript:alert(1)" }, ["resetUrl"]],
    [{ resetUrl: "ftp://a.example" }, ["resetUrl"]],
    [{ confirmation: "sms" }, ["confirmation"]],
    [{ confirmURL: "https://a.example" }, [""]],
  ])("%j has problems at %j", (settings, fields) => expect(problemsOf(settings)).toEqual(fields));
});

describe("providers.json", () => {
  const asItWas = { minPasswordLength: 6, refuseCommonPasswords: false };
  const translate = (config: object) =>
    parseProvidersJson(JSON.stringify({ "local-userpass": { type: "local-userpass", config } }))[0]?.settings;
  it.each([
    [
      {
        autoConfirm: false,
        emailConfirmationUrl: "https://a.example/confirm",
        resetPasswordUrl: "https://a.example/reset",
        confirmEmailSubject: "",
        resetPasswordSubject: "",
        runConfirmationFunction: false,
        runResetFunction: false,
      },
      {
        confirmation: "email",
        confirmUrl: "https://a.example/confirm",
        resetUrl: "https://a.example/reset",
        ...asItWas,
      },
    ],
    [
      { autoConfirm: true, emailConfirmationUrl: "" },
      { confirmation: "automatic", ...asItWas },
    ],
    [{ confirmation: "automatic" }, { confirmation: "automatic" }],
    // Only its function reset passwords, so that nothing else may.
    [
      { autoConfirm: false, runResetFunction: true },
      { confirmation: "email", passwordReset: "off", ...asItWas },
    ],
    // Unknown, so that the provider rejects it by its name.
    [
      { autoConfirm: true, minimumAge: 18 },
      { confirmation: "automatic", minimumAge: 18, ...asItWas },
    ],
  ])("%j becomes %j", (config, settings) => expect(translate(config)).toEqual(settings));
});
