/** What one client may cause to be mailed, and how often it may guess at a token. */
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import {
  confirmEmail,
  PASSWORD,
  register,
  requestReset,
  resendConfirmation,
} from "../../support/email-password.ts";
import {
  codeOf,
  createDatabase,
  type Gateway,
  linkEmail,
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

let database: Awaited<ReturnType<typeof createDatabase>>;
let mailServer: MailServer;
const gateways: Gateway[] = [];
let emails = 0;
const newEmail = (): string => `person${++emails}@example.com`;

beforeAll(async () => {
  [database, mailServer] = await Promise.all([createDatabase("sqlite"), startMailServer()]);
  await deployEmailPassword(await start(), { confirmation: "email", ...pages });
});
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop();
});
afterAll(async () => {
  await Promise.all([database.drop(), mailServer.down()]);
});

const start = async (settings: Record<string, string> = {}): Promise<Gateway> => {
  const gateway = await startGateway({
    url: database.url,
    settings: { ...mailServer.settings, ...settings },
  });
  gateways.push(gateway);
  return gateway;
};

it("limits count emails by recipient, for all clients together, and whether or not it is registered", async () => {
  const [known, unknown] = [newEmail(), newEmail()];
  await register(await start(), known, PASSWORD);
  const gateway = await start({ RATE_LIMITS: "mails=3/3600", TRUST_PROXY: "1" });
  for (const email of [known, unknown]) {
    const ask = (address: string) =>
      gateway.graph("mutation ($e: String!) { requestPasswordReset(email: $e) { email } }", {
        variables: { e: email },
        headers: { "x-forwarded-for": address },
      });
    const answers = [];
    for (let turn = 1; turn <= 4; turn++) answers.push(codeOf(await ask(`10.0.0.${turn}`)));
    expect(answers).toEqual([undefined, undefined, undefined, "RATE_LIMITED"]);
    expect((await ask("10.0.0.9")).errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(3_500);
  }
});
it("limits count what causes emails by client address: registering, linking, resetting, asking again", async () => {
  const gateway = await start({ RATE_LIMITS: "mailRequests=4/3600" });
  const guest = await loginAnonymously(gateway);
  expect(codeOf(await register(gateway, newEmail(), "password1"))).toBe("WEAK_PASSWORD");
  const codes = [
    await register(gateway, newEmail(), PASSWORD),
    await requestReset(gateway, newEmail()),
    await resendConfirmation(gateway, newEmail()),
    await linkEmail(gateway, guest.accessToken, newEmail()),
    await register(gateway, newEmail(), PASSWORD),
    await requestReset(gateway, newEmail()),
  ].map(codeOf);
  expect(codes).toEqual([...Array(4).fill(undefined), "RATE_LIMITED", "RATE_LIMITED"]);
});
it("limits count wrong tokens by address, and never keep out a right one", async () => {
  const gateway = await start({ RATE_LIMITS: "failedLogins=3/300" });
  const email = newEmail();
  await register(gateway, email, PASSWORD);
  const token = tokenOf(await mailServer.wait(email));
  const answers = await Promise.all(Array.from({ length: 5 }, () => confirmEmail(gateway, "pbl_wrong")));
  const codes = answers.map(codeOf).sort();
  expect(codes).toEqual([...Array(2).fill("RATE_LIMITED"), ...Array(3).fill("TOKEN_INVALID")]);
  expect(codeOf(await confirmEmail(gateway, "pbl_wrong"))).toBe("RATE_LIMITED");
  // 256 random bits cannot be guessed: a neighbour's wrong links must not void this one.
  expect(codeOf(await confirmEmail(gateway, token))).toBeUndefined();
});
