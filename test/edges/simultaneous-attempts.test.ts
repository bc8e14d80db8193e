/** Right attempts at the same time wait for each other; wrong ones are counted as if they had come one by one. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createLimits, defaultLimits, parseLimits } from "../../src/rate-limits/limits.ts";
import { PASSWORD, register } from "../support/email-password.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  login,
  startGateway,
  TestClock,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";

const count = (codes: readonly (string | undefined)[], code: string | undefined): number =>
  codes.filter((each) => each === code).length;
const many = <T>(times: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => make(index)));

describe.each(databases)("with the default limits, on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let endpoint: Endpoint;
  let issuer: Issuer;

  beforeAll(async () => {
    database = await createDatabase(name);
    const clock = new TestClock(new Date());
    gateway = await startGateway({ url: database.url, clock, settings: { RATE_LIMITS: "" } });
    issuer = await deployIssuer(gateway);
    endpoint = await startEndpoint(({ body }, response) => {
      const { payload } = JSON.parse(body) as { payload: { name: string } };
      const answer = payload.name === "wrong" ? answerJson({}, 401) : answerJson({ subject: payload.name });
      setTimeout(() => answer({ headers: {}, path: "", body }, response), 300);
    });
    await deployProvider(gateway, "custom-function", true, {
      url: `http://127.0.0.1:${endpoint.port}/who`,
      secret: `whsec_${randomBytes(24).toString("base64")}`,
      allowPrivateAddresses: true,
    });
  });
  afterAll(async () => {
    await endpoint.stop();
    await gateway.stop();
    await database.drop();
  });

  const loginAs = (person: string) =>
    gateway.graph(
      "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { user { id } } }",
      { variables: { p: { name: person } } },
    );

  it("30 people who log in through a slow endpoint all get in", async () => {
    const answers = await many(30, (index) => loginAs(`person${index}`));
    expect(count(answers.map(codeOf), undefined)).toBe(30);
  });

  it("30 people with tokens of one issuer all get in", async () => {
    const answers = await many(30, (index) => issuer.login(`pupil${index}`));
    expect(count(answers.map(codeOf), undefined)).toBe(30);
  });

  it("one account logs in from 15 tabs", async () => {
    await register(gateway, "tabs@example.com", PASSWORD);
    const answers = await many(15, () => login(gateway, "tabs@example.com", PASSWORD));
    expect(count(answers.map(codeOf), undefined)).toBe(15);
  });

  it("a class of 30 registers, and logs in", async () => {
    const answers = await many(30, (index) => register(gateway, `class${index}@example.com`, PASSWORD));
    expect(count(answers.map(codeOf), undefined)).toBe(30);
    const logins = await many(30, (index) => login(gateway, `class${index}@example.com`, PASSWORD));
    expect(count(logins.map(codeOf), undefined)).toBe(30);
  });

  it("of 40 wrong passwords for one account ten are tried, and the others are told how long to wait", async () => {
    await register(gateway, "wrong@example.com", PASSWORD);
    const answers = await many(40, () => login(gateway, "wrong@example.com", "wrong horse"));
    const codes = answers.map(codeOf);
    expect(count(codes, "INVALID_CREDENTIALS")).toBe(10);
    expect(count(codes, "RATE_LIMITED")).toBe(30);
    const seconds = answers
      .filter((answer) => codeOf(answer) === "RATE_LIMITED")
      .map(({ errors }) => errors?.[0]?.extensions.retryAfterSeconds as number);
    for (const each of seconds) expect(each).toBeGreaterThan(280);
    for (const each of seconds) expect(each).toBeLessThanOrEqual(300);
    expect(codeOf(await login(gateway, "wrong@example.com", PASSWORD))).toBe("RATE_LIMITED");
  });

  it("of 100 wrong and 20 right ones of one endpoint no more than ten wrong ones are asked about", async () => {
    const before = endpoint.asked.length;
    await many(120, (index) => loginAs(index % 6 === 0 ? "right" : "wrong"));
    const asked = endpoint.asked.slice(before).map(({ body }) => body.includes('"wrong"'));
    expect(asked.filter(Boolean)).toHaveLength(10);
    expect(await countRows(gateway, "identities", "subject = 'wrong'")).toBe(0);
  });
});

describe("a limit of 2 points", () => {
  const policy = { ...defaultLimits, failedLogins: { points: 2, seconds: 100 } };
  const counters = [["failedLogins", "key"]] as const;
  const rejection = async (attempt: Promise<unknown>): Promise<number | null> =>
    attempt.then(
      () => null,
      (error: { details: { retryAfterSeconds: number } }) => error.details.retryAfterSeconds,
    );

  it("lets the third in as soon as a right one is done, in the order in which they came", async () => {
    const limits = createLimits(policy);
    const [first, second] = [await limits.hold(counters), await limits.hold(counters)];
    const order: number[] = [];
    const third = limits.hold(counters).then((hold) => [order.push(3), hold] as const);
    const fourth = limits.hold(counters).then((hold) => [order.push(4), hold] as const);
    await first.settle("give back");
    await third;
    expect(order).toEqual([3]);
    await second.settle("give back");
    await fourth;
    expect(order).toEqual([3, 4]);
  });

  it("rejects who waits once the last of those under way was wrong, until the window ends", async () => {
    const limits = createLimits(policy);
    const [first, second] = [await limits.hold(counters), await limits.hold(counters)];
    const third = rejection(limits.hold(counters));
    await first.settle("keep");
    await second.settle("keep");
    expect(await third).toBeGreaterThan(98);
  });

  it("lets no attempt wait for longer than it says, and then says when to retry", async () => {
    const limits = createLimits(policy, { maxWaitMs: 50 });
    const first = await limits.hold(counters);
    await limits.hold(counters);
    expect(await rejection(limits.hold(counters))).toBeLessThanOrEqual(5);
    await first.settle("give back");
    expect(await rejection(limits.hold(counters))).toBeNull();
  });

  it("lets only so many wait, and those beyond are told at once", async () => {
    const limits = createLimits(policy, { maxWaitMs: 200 });
    await limits.hold(counters);
    await limits.hold(counters);
    const waiting = Array.from({ length: 300 }, () => rejection(limits.hold(counters)));
    const start = Date.now();
    await Promise.race(waiting);
    expect(Date.now() - start).toBeLessThan(150);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([2]));
  });

  it("takes nothing of one counter when another rejects", async () => {
    const limits = createLimits({ ...policy, addressFailures: { points: 3, seconds: 100 } });
    const both = [...counters, ["addressFailures", "other"]] as const;
    for (let attempt = 0; attempt < 2; attempt++) await (await limits.hold(both)).settle("keep");
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await rejection(limits.hold(both))).toBeGreaterThan(90);
    expect(await rejection(limits.hold([["addressFailures", "other"]]))).toBeNull();
  });
});

it("a window is no longer than a timer can count", () => {
  expect(parseLimits("failedLogins=10/2073600").failedLogins).toEqual({ points: 10, seconds: 2_073_600 });
  for (const seconds of ["2073601", "9999999", "999999999"]) {
    expect(() => parseLimits(`anonymousLogins=100/${seconds}`)).toThrow(/at most 2073600 seconds/);
  }
});
