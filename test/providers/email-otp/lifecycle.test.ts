/** What happens around codes: users who are disabled, deleted or unlink, what is recorded, and what clients can learn. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { defaultLimits, formatLimits } from "../../../src/rate-limits/limits.ts";
import { addressOf } from "../../support/code-attacks.ts";
import {
  deployCodes,
  linkByCode,
  loginByCode,
  mailCode,
  requestCode,
  wrongCode,
} from "../../support/email-codes.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  loginAnonymously,
  startGateway,
  TestClock,
} from "../../support/gateway.ts";
import { type MailServer, startMailServer } from "../../support/mail-server.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  const clock = new TestClock();
  let email = "";
  let emails = 0;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, clock, settings: mailServer.settings });
    await deployCodes(gateway);
    await gateway.admin(
      'mutation { createWebhookEndpoint(input: { url: "https://hooks.example.com/" }) { secret } }',
    );
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });
  beforeEach(() => {
    email = `person${++emails}@example.com`;
  });

  const prove = async (address = email) => {
    const { code } = await mailCode(gateway, mailServer, address);
    return loginByCode(gateway, { email: address, code });
  };
  const newUser = async () => (await prove()).data.login;
  const eventsOf = async (userId: string): Promise<{ type: string; data: Record<string, unknown> }[]> => {
    const { data } = await gateway.admin("{ events(first: 100) { edges { node { type data } } } }");
    const all = data.events.edges.map(({ node }: { node: object }) => node);
    return all.filter((each: { data: { user: { id: string } } }) => each.data.user.id === userId);
  };
  const auditOf = async (userId: string): Promise<object[]> => {
    const query = `query ($u: ID!) { auditEvents(filter: { userId: $u }) { edges { node { action provider outcome detail } } } }`;
    const { data } = await gateway.admin(query, { variables: { u: userId } });
    return data.auditEvents.edges.map(({ node }: { node: object }) => node);
  };

  it("a disabled user gets codes like anyone, and cannot log in with them", async () => {
    const { user } = await newUser();
    await gateway.admin(`mutation { disableUser(id: "${user.id}") { id } }`);
    expect(codeOf(await prove())).toBe("USER_DISABLED");
    const guest = await loginAnonymously(gateway);
    const { token } = await mailCode(gateway, mailServer, email);
    expect(codeOf(await linkByCode(gateway, guest.accessToken, { token }))).toBe("USER_DISABLED");
    await gateway.admin(`mutation { enableUser(id: "${user.id}") { id } }`);
    expect((await prove()).data.login.user.id).toBe(user.id);
  });
  it("a code of an email whose user was deleted meanwhile creates a new user", async () => {
    const { user, accessToken } = await newUser();
    const { code } = await mailCode(gateway, mailServer, email);
    expect((await gateway.graph("mutation { deleteMe { erasureId } }", { token: accessToken })).errors).toBe(
      undefined,
    );
    const { data } = await loginByCode(gateway, { email, code });
    expect(data.login.user.id).not.toBe(user.id);
    expect(data.login.user.formerIds).toEqual([]);
  });
  it("an unlinked email is free, its other sessions end, and the last one stays", async () => {
    const first = await newUser();
    const elsewhere = (await prove()).data.login;
    const unlink = (id: string) =>
      gateway.graph("mutation ($i: ID!) { unlinkIdentity(identityId: $i) { id } }", {
        token: first.accessToken,
        variables: { i: id },
      });
    const [own] = first.user.identities;
    expect(codeOf(await unlink(own.id))).toBe("LAST_IDENTITY");
    const other = `other-${email}`;
    const { code } = await mailCode(gateway, mailServer, other);
    const linked = await linkByCode(gateway, first.accessToken, { email: other, code });
    expect(linked.data.linkIdentity.user.id).toBe(first.user.id);
    expect((await unlink(own.id)).errors).toBeUndefined();
    expect(codeOf(await gateway.graph("{ me { id } }", { token: elsewhere.accessToken }))).toBe(
      "UNAUTHENTICATED",
    );
    expect((await prove(other)).data.login.user.id).toBe(first.user.id);
    expect((await prove()).data.login.user.id).not.toBe(first.user.id);
  });
  it("a link that needs a recent login leaves the code as it was", async () => {
    const { user, accessToken } = await newUser();
    clock.advance({ minutes: 16 });
    const other = `other-${email}`;
    const { code } = await mailCode(gateway, mailServer, other);
    const credentials = { email: other, code };
    expect(codeOf(await linkByCode(gateway, accessToken, credentials))).toBe("REAUTHENTICATION_REQUIRED");
    const again = (await prove()).data.login;
    const linked = await linkByCode(gateway, again.accessToken, credentials);
    expect(linked.data.linkIdentity.user.id).toBe(user.id);
  });
  it("exportMe has the identity, and nothing of a code", async () => {
    const { accessToken } = await newUser();
    const { code, token } = await mailCode(gateway, mailServer, email);
    const { data } = await gateway.graph("{ exportMe }", { token: accessToken });
    expect(data.exportMe.identities).toMatchObject([{ provider: "email-otp", email, emailVerified: true }]);
    expect(JSON.stringify(data)).not.toContain(token);
    expect(JSON.stringify(data)).not.toContain(`"${code}"`);
  });
  it("records a new user, a login and a failure, with counts", async () => {
    const { user } = await newUser();
    await prove();
    expect(await auditOf(user.id)).toEqual([
      { action: "LOGGED_IN", provider: "email-otp", outcome: "DONE", detail: { isNew: false } },
      { action: "LOGGED_IN", provider: "email-otp", outcome: "DONE", detail: { isNew: true } },
    ]);
    expect((await eventsOf(user.id)).map(({ type }) => type)).toEqual(["user.created"]);
    const code = await mailCode(gateway, mailServer, email);
    await loginByCode(gateway, { email, code: wrongCode(code) });
    const wrong = `code = 'INVALID_CREDENTIALS' AND provider = 'email-otp' AND user_id = '${user.id}'`;
    expect(await countRows(gateway, "audit_events", wrong)).toBe(1);
    const counted = await countRows(gateway, "daily_counts", "key = 'email-otp'");
    expect(counted).toBeGreaterThan(0);
  });
  it("records a link and its promotion", async () => {
    const guest = await loginAnonymously(gateway);
    const { code } = await mailCode(gateway, mailServer, email);
    await linkByCode(gateway, guest.accessToken, { email, code });
    expect((await eventsOf(guest.id)).map(({ type }) => type)).toEqual(["user.created", "user.linked"]);
    expect(await auditOf(guest.id)).toMatchObject([
      { action: "IDENTITY_LINKED", provider: "email-otp", detail: { wasAnonymous: true } },
    ]);
  });
  it("is offered to login screens, and needs a mail server to be deployed", async () => {
    const { data } = await gateway.graph("{ authProviders { name type displayName } }");
    expect(data.authProviders).toContainEqual({
      name: "email-otp",
      type: "email-otp",
      displayName: "Email code",
    });
    const other = await createDatabase(name);
    const without = await startGateway({
      url: other.url,
      settings: { PUBLIC_URL: "https://auth.example.com" },
    });
    try {
      await expect(deployProvider(without, "email-otp", true)).rejects.toThrow("Set SMTP_URL first");
    } finally {
      await without.stop();
      await other.drop();
    }
  });

  describe("what a request tells of an email", () => {
    it("is the same whether it has a user, a disabled one, a password, or none", async () => {
      const { user } = await newUser();
      await gateway.admin(`mutation { disableUser(id: "${user.id}") { id } }`);
      const answers = new Set<string>();
      for (const address of [email, `unknown-${email}`]) {
        const { data, errors } = await requestCode(gateway, address);
        answers.add(JSON.stringify([data, errors]).replaceAll(address, "…"));
        const wrong = await loginByCode(gateway, { email: address, code: "12345" });
        answers.add(JSON.stringify([wrong.data, wrong.errors]).replaceAll(address, "…"));
      }
      expect(answers.size).toBe(2);
      const texts = await Promise.all(
        [email, `unknown-${email}`].map(async (address) => {
          const { text } = await mailServer.wait(address, address === email ? 2 : 1);
          return text?.replaceAll(address, "…").replaceAll(/\d{6}|token=\S+/g, "…");
        }),
      );
      expect(texts[0]).toBe(texts[1]);
    });
    it("takes as long, within noise", async () => {
      const known: string[] = [];
      for (let index = 0; index < 8; index++) {
        known.push(`known${index}-${email}`);
        await prove(known[index]);
      }
      const times: Record<"known" | "unknown", number[]> = { known: [], unknown: [] };
      for (let round = 0; round < 40; round++) {
        for (const kind of ["known", "unknown"] as const) {
          const address = kind === "known" ? String(known[round % 8]) : `new${round}-${email}`;
          const start = performance.now();
          expect((await requestCode(gateway, address)).errors).toBeUndefined();
          times[kind].push(performance.now() - start);
        }
      }
      const median = (of: number[]): number => of.sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
      const [fast, slow] = [median(times.known), median(times.unknown)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      // The middle of each is far wider than the difference; a hash or a lookup more would be seen.
      expect(slow - fast).toBeLessThan(Math.max(5, 0.5 * fast));
    });
  });
});

it("limits requests by recipient and by client, and wrong codes by account and by client", async () => {
  const [database, mailServer] = await Promise.all([createDatabase("sqlite"), startMailServer()]);
  const settings = { ...mailServer.settings, TRUST_PROXY: "1", RATE_LIMITS: formatLimits(defaultLimits) };
  const gateway = await startGateway({ url: database.url, settings });
  await deployCodes(gateway);
  try {
    const ask = async (address: string, client: number) =>
      codeOf(await requestCode(gateway, address, addressOf(client))) ?? "sent";
    const sent: string[] = [];
    for (let count = 0; count < 7; count++) sent.push(await ask("ada@example.com", count));
    expect(sent).toEqual([...Array(5).fill("sent"), "RATE_LIMITED", "RATE_LIMITED"]);
    const byClient: string[] = [];
    for (let count = 0; count < 62; count++) byClient.push(await ask(`person${count}@example.com`, 100));
    expect(byClient.filter((each) => each === "sent")).toHaveLength(60);
    expect(await ask("another@example.com", 101)).toBe("sent");

    const guess = async (address: string, client: number) =>
      codeOf(await loginByCode(gateway, { email: address, code: "12345" }, addressOf(client)));
    const guesses: unknown[] = [];
    for (let count = 0; count < 12; count++) guesses.push(await guess("ada@example.com", 200));
    expect(guesses).toEqual([...Array(10).fill("INVALID_CREDENTIALS"), "RATE_LIMITED", "RATE_LIMITED"]);
    for (let count = 0; count < 100; count++) await guess(`person${count}@example.com`, 201);
    expect(await guess("untouched@example.com", 201)).toBe("RATE_LIMITED");
    expect(await guess("untouched@example.com", 202)).toBe("INVALID_CREDENTIALS");
  } finally {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  }
});
