/** Many passwords at once: everything else continues, and response times do not reveal which accounts exist. */
import { pbkdf2 } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createHashQueue } from "../../src/providers/local-userpass/hash-queue.ts";
import {
  codeOf,
  createDatabase,
  type Gateway,
  login,
  loginAnonymously,
  me,
  startGateway,
} from "../support/gateway.ts";

/** Work that a test ends. */
function createWork() {
  let running = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  const run = async (): Promise<string> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
    return "done";
  };
  return {
    run,
    started: () => ends.length,
    mostAtOnce: () => most,
    async endAll(): Promise<void> {
      for (let ended = 0; ended < ends.length; ended++) {
        ends[ended]?.();
        await new Promise(setImmediate);
      }
    },
  };
}

describe("the queue of hashes", () => {
  it("never runs more than it may at once, and runs all that it took, first come first served", async () => {
    const queue = createHashQueue({ concurrency: 2 });
    const work = createWork();
    const order: number[] = [];
    const all = Array.from({ length: 20 }, async (_, i) => {
      await queue.run(work.run);
      order.push(i);
    });
    expect(work.started()).toBe(2);
    await work.endAll();
    await Promise.all(all);
    expect(work.mostAtOnce()).toBe(2);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it("rejects what would wait too long with the time to come again, and does not start it later", async () => {
    const queue = createHashQueue({ concurrency: 1 });
    const work = createWork();
    const outcomes = Array.from({ length: 500 }, () => queue.run(work.run).catch((error) => error));
    const last = await outcomes[499];
    expect(last).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(last.details.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(last.details.retryAfterSeconds).toBeLessThanOrEqual(10);
    await work.endAll();
    const all = await Promise.all(outcomes);
    const done = all.filter((outcome) => outcome === "done").length;
    expect(done).toBe(work.started());
    expect(done).toBeLessThan(250);
    expect(await Promise.all([queue.run(async () => "again")])).toEqual(["again"]);
  });

  it("continues after work that failed", async () => {
    const queue = createHashQueue({ concurrency: 1 });
    const failed = queue.run(() => Promise.reject(new Error("no")));
    const next = queue.run(async () => "next");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("next");
  });
});

describe("a gateway whose sign-in with a password is attacked", () => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  beforeAll(async () => {
    place = await createDatabase("sqlite");
    gateway = await startGateway({ url: place.url });
    const { errors } = await gateway.graph(
      'mutation { registerEmailPassword(email: "ada@example.com", password: "correct horse") { email } }',
    );
    expect(errors).toBeUndefined();
  });
  afterAll(async () => {
    await gateway.stop();
    await place.drop();
  });

  it("answers others meanwhile, rejects what is too much, and rejects known and unknown accounts alike", async () => {
    const codes = { known: new Set<string | undefined>(), unknown: new Set<string | undefined>() };
    let unanswered = 0;
    const attempts = Array.from({ length: 400 }, async (_, i) => {
      unanswered += 1;
      const kind = i % 2 === 0 ? "known" : "unknown";
      const email = kind === "known" ? "ada@example.com" : `unknown-${i}@example.com`;
      const answer = await login(gateway, email, "wrong horse");
      unanswered -= 1;
      codes[kind].add(codeOf(answer));
      if (codeOf(answer) === "SERVICE_UNAVAILABLE") {
        expect(answer.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThanOrEqual(1);
      }
    });
    const right = login(gateway, "ada@example.com", "correct horse");
    const guest = await loginAnonymously(gateway);
    expect(codeOf(await me(gateway, guest.accessToken))).toBeUndefined();
    // They came last, and the passwords are still being hashed.
    expect(unanswered).toBeGreaterThan(0);
    expect([undefined, "SERVICE_UNAVAILABLE"]).toContain(codeOf(await right));
    await Promise.all(attempts);
    const both = new Set(["INVALID_CREDENTIALS", "SERVICE_UNAVAILABLE"]);
    expect(codes).toEqual({ known: both, unknown: both });
    expect(codeOf(await login(gateway, "ada@example.com", "correct horse"))).toBeUndefined();
  });

  it("verifies an access token that it sees for the first time while the thread pool is full", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    let isFull = true;
    const filled = Array.from(
      { length: 12 },
      () => new Promise((resolve) => pbkdf2("password", "salt", 400_000, 64, "sha512", resolve)),
    );
    const freed = Promise.race(filled).then(() => {
      isFull = false;
    });
    expect(codeOf(await me(gateway, accessToken))).toBeUndefined();
    expect(isFull).toBe(true);
    await Promise.all([freed, ...filled]);
  });
});
