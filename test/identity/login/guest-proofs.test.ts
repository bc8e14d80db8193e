/** Proof of work of anonymous logins, over HTTP, on both databases. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { purgeExpired } from "../../../src/identity/users/purge.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  me,
  startGateway,
  TestClock,
} from "../../support/gateway.ts";
import { challengeOf, encode, levelOf, loginFrom, solve } from "../../support/proof-of-work.ts";

const idOf = ({ data }: Answer): string => data.loginAnonymous.user.id;
const reasonOf = ({ errors }: Answer): string => errors?.[0]?.extensions.reason;

async function flood(
  gateway: Gateway,
  guests: number,
  addressOf: (guest: number) => string,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let first = 0; first < guests; first += 50) {
    const batch = Array.from({ length: Math.min(50, guests - first) }, (_, each) =>
      loginFrom(gateway, addressOf(first + each)),
    );
    answers.push(...(await Promise.all(batch)));
  }
  return answers;
}

const isAsked = (answer: Answer): boolean => codeOf(answer) === "PROOF_OF_WORK_REQUIRED";

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  const gateways: Gateway[] = [];
  const start = async (mode: string): Promise<Gateway> => {
    const gateway = await startGateway({
      url: database.url,
      clock: new TestClock(),
      settings: { GUEST_PROOF_OF_WORK: mode, TRUST_PROXY: "1" },
    });
    gateways.push(gateway);
    return gateway;
  };

  beforeAll(async () => {
    database = await createDatabase(name);
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await database.drop();
  });

  describe("when it is asked for automatically", () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await start("auto");
    });
    // What earlier tests did is more than a minute ago.
    beforeEach(() => gateway.clock.advance({ minutes: 2 }));

    it("a flood from one address is asked from its thirty-first guest on, and creates no user without a proof", async () => {
      const before = await countRows(gateway, "users");
      const answers = await flood(gateway, 100, () => "198.51.100.7");
      expect(answers.filter(isAsked)).toHaveLength(70);
      expect(await countRows(gateway, "users")).toBe(before + 30);
      expect(await countRows(gateway, "used_proofs")).toBe(0);
    });
    it("a flood that solves is given twice the work each time that its guests double", async () => {
      const levels: number[] = [];
      await flood(gateway, 30, () => "198.51.100.7");
      for (let guest = 30; guest < 64; guest++) {
        const asked = await loginFrom(gateway, "198.51.100.7");
        levels.push(levelOf(asked));
        const proof = await solve(challengeOf(asked));
        expect(idOf(await loginFrom(gateway, "198.51.100.7", { proof }))).toBeDefined();
      }
      expect(levels).toEqual([...Array(30).fill(1), ...Array(4).fill(2)]);
    });
    it("visitors of other networks need no proof beside it", async () => {
      await flood(gateway, 100, () => "198.51.100.7");
      const visitors = await flood(gateway, 40, (guest) => `203.0.${guest}.9`);
      expect(visitors.filter(isAsked)).toEqual([]);
    });
    it("a flood from the addresses of an IPv4 /24 or an IPv6 /64 is one from one network", async () => {
      for (const addressOf of [
        (guest: number) => `198.51.100.${guest}`,
        (guest: number) => `2001:db8:1:1::${guest}`,
      ]) {
        expect((await flood(gateway, 100, addressOf)).filter(isAsked)).toHaveLength(70);
      }
    });
    it("a flood from many networks is asked, and a visitor of any network with it, but not a minute later", async () => {
      const answers = await flood(gateway, 300, (guest) => `2001:db8:${guest}:1::1`);
      expect(answers.slice(0, 250).filter(isAsked)).toEqual([]);
      expect(answers.slice(250).every(isAsked)).toBe(true);
      const asked = await loginFrom(gateway, "203.0.113.9");
      expect(levelOf(asked)).toBe(1);
      const proof = await solve(challengeOf(asked));
      expect(idOf(await loginFrom(gateway, "203.0.113.9", { proof }))).toBeDefined();
      gateway.clock.advance({ minutes: 1 });
      expect(isAsked(await loginFrom(gateway, "203.0.113.9"))).toBe(false);
    });
    it("thirty people who come to an office within a minute, behind one address, need no proof", async () => {
      for (let minute = 0; minute < 3; minute++) {
        expect((await flood(gateway, 30, () => "203.0.113.77")).filter(isAsked)).toEqual([]);
        gateway.clock.advance({ minutes: 1 });
      }
    });
    it("an easy proof counts while the next level is due, and not while a later one is", async () => {
      await flood(gateway, 30, () => "198.51.100.7");
      const easy = await Promise.all([1, 2].map(() => loginFrom(gateway, "198.51.100.7")));
      const [first = "", second = ""] = await Promise.all(easy.map((asked) => solve(challengeOf(asked))));
      const { pace } = gateway.app.services.guestProofs;
      const key = { client: "198.51.100.7", site: null };
      for (let guest = 30; guest < 60; guest++) pace.count(key, +gateway.clock.now());
      expect(idOf(await loginFrom(gateway, "198.51.100.7", { proof: first }))).toBeDefined();
      for (let guest = 60; guest < 120; guest++) pace.count(key, +gateway.clock.now());
      const tooEasy = await loginFrom(gateway, "198.51.100.7", { proof: second });
      expect([codeOf(tooEasy), reasonOf(tooEasy), levelOf(tooEasy)]).toEqual([
        "PROOF_OF_WORK_REQUIRED",
        "TOO_EASY",
        3,
      ]);
    });
    it("the Realm protocol answers 429 with Retry-After, and creates no user", async () => {
      const logIn = () =>
        fetch(`${gateway.url}/api/client/v2.0/app/passerby/auth/providers/anon-user/login`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-forwarded-for": "198.51.100.7" },
          body: "{}",
        });
      expect((await logIn()).status).toBe(200);
      await flood(gateway, 30, () => "198.51.100.7");
      const before = await countRows(gateway, "users");
      const answer = await logIn();
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
      expect(await answer.json()).toMatchObject({ error_code: "RateLimited" });
      expect(await countRows(gateway, "users")).toBe(before);
      gateway.clock.advance({ minutes: 1 });
      expect((await logIn()).status).toBe(200);
    });
  });

  describe("when it is always asked for", () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await start("always");
    });
    const proofFor = async (): Promise<string> => solve(challengeOf(await loginFrom(gateway, "192.0.2.1")));
    const login = (proof: string, key?: string): Promise<Answer> =>
      loginFrom(gateway, "192.0.2.1", { proof, ...(key && { key }) });

    it("the first guest is asked, with a challenge of the library that expires", async () => {
      const before = await countRows(gateway, "users");
      const asked = await loginFrom(gateway, "192.0.2.200");
      expect(asked.errors?.[0]).toMatchObject({
        message: expect.stringContaining("proofOfWork"),
        extensions: { code: "PROOF_OF_WORK_REQUIRED", reason: "MISSING" },
      });
      expect(challengeOf(asked)).toMatchObject({
        parameters: { algorithm: "PBKDF2/SHA-256", expiresAt: +gateway.clock.now() / 1_000 + 120 },
        signature: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(await countRows(gateway, "users")).toBe(before);
    });
    it("one solution a hundred times at once creates one user, with tokens that work", async () => {
      const [proof, before] = [await proofFor(), await countRows(gateway, "users")];
      const answers = await Promise.all(Array.from({ length: 100 }, () => login(proof)));
      const created = answers.filter((answer) => !answer.errors);
      expect(created).toHaveLength(1);
      expect(new Set(answers.filter(isAsked).map(reasonOf))).toEqual(new Set(["USED"]));
      expect(answers.filter(isAsked)).toHaveLength(99);
      expect(await countRows(gateway, "users")).toBe(before + 1);
      const { accessToken } = created[0]?.data.loginAnonymous ?? {};
      expect((await me(gateway, accessToken)).data.me.id).toBe(idOf(created[0] as Answer));
    });
    it("with an idempotency key the same solution is the same user, a hundred times at once and again", async () => {
      const [proof, key, before] = [await proofFor(), randomUUID(), await countRows(gateway, "users")];
      const answers = await Promise.all(Array.from({ length: 100 }, () => login(proof, key)));
      answers.push(await login(proof, key));
      expect(new Set(answers.map(idOf)).size).toBe(1);
      expect(await countRows(gateway, "users")).toBe(before + 1);
      expect(reasonOf(await login(proof, randomUUID()))).toBe("USED");
      expect(reasonOf(await login(proof))).toBe("USED");
    });
    it("thirty aliases with one solution create one user", async () => {
      const [proof, before] = [await proofFor(), await countRows(gateway, "users")];
      const aliases = Array.from(
        { length: 30 },
        (_, each) => `a${each}: loginAnonymous(proofOfWork: $p) { accessToken }`,
      );
      await gateway.graph(`mutation ($p: String) { ${aliases.join(" ")} }`, { variables: { p: proof } });
      expect(await countRows(gateway, "users")).toBe(before + 1);
    });
    it("an expired solution fails with a new challenge, also where it was used", async () => {
      const [fresh, used] = [await proofFor(), await proofFor()];
      await login(used);
      gateway.clock.advance({ seconds: 120 });
      for (const proof of [fresh, used]) {
        const answer = await login(proof);
        expect([codeOf(answer), reasonOf(answer)]).toEqual(["PROOF_OF_WORK_REQUIRED", "EXPIRED"]);
        expect(idOf(await login(await solve(challengeOf(answer))))).toBeDefined();
      }
    });
    it("a forged solution fails with a new challenge", async () => {
      const challenge = challengeOf(await loginFrom(gateway, "192.0.2.1"));
      const forged = encode({ challenge, solution: { counter: 1, derivedKey: "0".repeat(64) } });
      const answer = await login(forged);
      expect([codeOf(answer), reasonOf(answer)]).toEqual(["PROOF_OF_WORK_REQUIRED", "INVALID"]);
    });
    it.each(["", "garbage!", "e30=", "A".repeat(2_049), "A".repeat(200_000)])(
      "the text %# is no solution: an error says what is one",
      async (text) => {
        const before = await countRows(gateway, "users");
        const answer = await login(text);
        expect(codeOf(answer)).toBe("BAD_USER_INPUT");
        expect(answer.errors?.[0]?.message).toContain("base64");
        expect(await countRows(gateway, "users")).toBe(before);
      },
    );
    it("a login that fails leaves its solution unused", async () => {
      const proof = await proofFor();
      expect(codeOf(await login(proof, "short"))).toBe("BAD_USER_INPUT");
      expect(idOf(await login(proof))).toBeDefined();
    });
    it("used solutions are purged when they have expired", async () => {
      await login(await proofFor());
      const unexpired = `expires_at > ${+gateway.clock.now()}`;
      expect(await countRows(gateway, "used_proofs", unexpired)).toBeGreaterThan(0);
      await purgeExpired(gateway.app.services);
      expect(await countRows(gateway, "used_proofs", unexpired)).toBeGreaterThan(0);
      gateway.clock.advance({ minutes: 3 });
      await purgeExpired(gateway.app.services);
      expect(await countRows(gateway, "used_proofs", `expires_at <= ${+gateway.clock.now()}`)).toBe(0);
    });
    it("statistics and metrics count what was asked, solved and failed, and guests without a proof", async () => {
      gateway.clock.advance({ days: 2 });
      const totals = { ...gateway.app.services.guestProofs.counts.totals };
      const proof = await proofFor();
      for (const _ of [1, 2]) await login(proof);
      await login("garbage!");
      const off = await start("off");
      off.clock.advance({ days: 2, minutes: 10 });
      await loginFrom(off, "192.0.2.1");
      const { data } = await gateway.admin(
        "{ statistics(days: 1) { guestProofs { asked solved failed without } failedLogins { byCode { code } } } }",
      );
      expect(data.statistics.guestProofs).toEqual([{ asked: 1, solved: 1, failed: 2, without: 1 }]);
      expect(JSON.stringify(data.statistics.failedLogins)).not.toContain("PROOF_OF_WORK_REQUIRED");
      const metrics = await gateway.app.http.metrics.metrics();
      expect(metrics).toContain(`passerby_guest_proofs_total{outcome="asked"} ${totals.asked + 1}`);
      expect(metrics).toContain(`passerby_guest_proofs_total{outcome="solved"} ${totals.solved + 1}`);
      expect(metrics).toContain(`passerby_guest_proofs_total{outcome="failed"} ${totals.failed + 2}`);
      expect(metrics).toContain('passerby_guest_proofs_total{outcome="without"} 0');
    });
  });

  it("when it is off, no client is asked, and what is sent is not read", async () => {
    const gateway = await start("off");
    expect((await flood(gateway, 300, () => "198.51.100.7")).filter(isAsked)).toEqual([]);
    expect(codeOf(await loginFrom(gateway, "198.51.100.7", { proof: "garbage!" }))).toBeUndefined();
  });

  it("of two gateways on one database, one accepts what the other asked for, and only one of them", async () => {
    const [first, second] = [await start("always"), await start("always")];
    const proof = await solve(challengeOf(await loginFrom(first, "192.0.2.1")));
    const before = await countRows(first, "users");
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, each) =>
        loginFrom(each % 2 === 0 ? first : second, "192.0.2.1", { proof }),
      ),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(answers.filter((answer) => reasonOf(answer) === "USED")).toHaveLength(39);
    expect(await countRows(second, "users")).toBe(before + 1);
    const again = await solve(challengeOf(await loginFrom(second, "192.0.2.1")));
    expect(idOf(await loginFrom(first, "192.0.2.1", { proof: again }))).toBeDefined();
    expect(reasonOf(await loginFrom(second, "192.0.2.1", { proof: again }))).toBe("USED");
  });
});

it("the default is `auto`, whatever the limits are", () => {
  expect(readSettings({}).guestProofOfWork).toBe("auto");
  expect(readSettings({ RATE_LIMITS: "off" }).guestProofOfWork).toBe("auto");
  expect(() => readSettings({ GUEST_PROOF_OF_WORK: "sometimes" })).toThrow(/must be off, auto or always/);
});
