/**
 * Rate limits. They are consumed where a rule runs, so that aliases, fragments and batches cannot bypass them. Counts are
 * per process; the caller chooses the key. docs/limits.md lists every limit with its reason.
 */
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { PasserbyError } from "../errors.ts";
import { createWaitingLines, type Line, secondsUntil } from "./waiting-lines.ts";

export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

export type LimitName =
  | "anonymousLogins"
  | "failedLogins"
  | "addressFailures"
  | "mails"
  | "mailRequests"
  | "oauthStarts"
  | "challenges"
  | "registrations"
  | "logins";

/** null disables a limit. */
export type LimitPolicy = Readonly<Record<LimitName, Limit | null>>;

/**
 * Firebase allows 100 new accounts per hour and address; Authorizer and nhost 10 tries per 5 minutes. Failures of one
 * address at any account: ten such accounts. Emails: as many as an impatient person asks for. Registrations and requests
 * for emails: a school class and the one after it, from one address. Starts of a redirect flow: each leaves a row for ten
 * minutes. Challenges: three for each of them, since a login page may ask for one whenever it opens. Logins: a program that logs in for each of its jobs, every four seconds.
 */
export const defaultLimits: LimitPolicy = {
  anonymousLogins: { points: 100, seconds: 3_600 },
  failedLogins: { points: 10, seconds: 300 },
  addressFailures: { points: 100, seconds: 300 },
  mails: { points: 5, seconds: 3_600 },
  mailRequests: { points: 60, seconds: 3_600 },
  oauthStarts: { points: 100, seconds: 600 },
  challenges: { points: 300, seconds: 600 },
  registrations: { points: 60, seconds: 3_600 },
  logins: { points: 1_000, seconds: 3_600 },
};

/** A site (an IPv6 /48) has this many times the points of one client. */
const SITE_FACTOR = 5;
/** The maximum of Node's timers is 24.8 days. */
const MAX_SECONDS = 24 * 86_400;

const names = Object.keys(defaultLimits) as LimitName[];
const NOTATION = new RegExp(`^\\s*(${names.join("|")})=(?:(\\d{1,9})/(\\d{1,9})|(off))\\s*$`);

/** In the notation of `parseLimits`. */
export const formatLimits = (policy: LimitPolicy): string =>
  names
    .map((name) => `${name}=${policy[name] ? `${policy[name].points}/${policy[name].seconds}` : "off"}`)
    .join(",");

/** @throws Error saying which notation is accepted */
export function parseLimits(text: string): LimitPolicy {
  const policy: Record<LimitName, Limit | null> = { ...defaultLimits };
  if (text === "off") {
    for (const name of names) policy[name] = null;
    return policy;
  }
  for (const part of text.split(",")) {
    const match = NOTATION.exec(part);
    const [points, seconds] = [Number(match?.[2]), Number(match?.[3])];
    if (!match || (!match[4] && (points < 1 || seconds < 1 || seconds > MAX_SECONDS))) {
      throw new Error(
        `must be off, or limits such as ${formatLimits(defaultLimits)}, of at most ${MAX_SECONDS} seconds`,
      );
    }
    policy[match[1] as LimitName] = match[4] ? null : { points, seconds };
  }
  return policy;
}

/** A client, and the larger network that it may move within; null where there is none. */
export interface LimitKey {
  readonly client: string;
  readonly site: string | null;
}

/** A limit, and the key it is counted by. */
export type Counter = readonly [name: LimitName, key: LimitKey | string];

export interface Limits {
  /**
   * Consumes one point, before an attempt that counts whether it succeeds or not.
   * @throws PasserbyError RATE_LIMITED with `retryAfterSeconds`
   */
  consume(name: LimitName, key: LimitKey | string): Promise<void>;
  /**
   * Reserves one point of each, before an attempt that counts only if it fails, so that concurrent failures are all
   * counted. Without points left, waits a few seconds at most for running attempts to return theirs.
   * @throws PasserbyError RATE_LIMITED with `retryAfterSeconds`
   */
  hold(counters: readonly Counter[]): Promise<Hold>;
}

/** The reserved points of one attempt. It must be settled in every case. */
export interface Hold {
  settle(outcome: "keep" | "give back"): Promise<void>;
}

/** The points of one limit, of clients or of sites. */
interface Limiter {
  readonly name: string;
  readonly points: RateLimiterMemory;
}

/** Longer waits would exceed a request's timeout. */
const MAX_WAIT_MS = 5_000;

export function createLimits(policy: LimitPolicy, { maxWaitMs = MAX_WAIT_MS } = {}): Limits {
  const limiters = new Map<LimitName, { client: Limiter; site: Limiter }>();
  for (const [name, limit] of Object.entries(policy) as [LimitName, Limit | null][]) {
    if (!limit) continue;
    const limiter = (keyPrefix: string, points: number): Limiter => ({
      name: keyPrefix,
      points: new RateLimiterMemory({ points, duration: limit.seconds, keyPrefix }),
    });
    limiters.set(name, {
      client: limiter(name, limit.points),
      site: limiter(`${name}-site`, limit.points * SITE_FACTOR),
    });
  }
  const lines = createWaitingLines({ maxWaitMs });

  /** The site always comes last, so that two attempts cannot deadlock. */
  const countersOf = ([name, key]: Counter): [Limiter, string][] => {
    const limiter = limiters.get(name);
    if (!limiter) return [];
    if (typeof key === "string") return [[limiter.client, key]];
    const { client, site } = key;
    return site === null
      ? [[limiter.client, client]]
      : [
          [limiter.client, client],
          [limiter.site, site],
        ];
  };

  return {
    async consume(name, key) {
      const consumed: [Limiter, string][] = [];
      for (const [limiter, counted] of countersOf([name, key])) {
        const msBeforeNext = await takePoint(limiter, counted);
        if (msBeforeNext !== null) {
          for (const [each, itsKey] of consumed) await givePointBack(each, itsKey);
          throw rateLimited(secondsUntil(msBeforeNext));
        }
        consumed.push([limiter, counted]);
      }
    },
    async hold(counters) {
      const deadline = Date.now() + maxWaitMs;
      const held: Line[] = [];
      const settle = async (outcome: "keep" | "give back"): Promise<void> => {
        for (const line of held.splice(0)) await line.leave(outcome);
      };
      for (const [limiter, key] of counters.flatMap(countersOf)) {
        const line = lines.find(`${limiter.name}:${key}`, {
          take: () => takePoint(limiter, key),
          giveBack: () => givePointBack(limiter, key),
        });
        const retryAfterSeconds = await line.enter(deadline);
        if (retryAfterSeconds !== null) {
          await settle("give back");
          throw rateLimited(retryAfterSeconds);
        }
        held.push(line);
      }
      return { settle };
    },
  };
}

/** @returns null when a point was consumed; otherwise in how many milliseconds to try again */
async function takePoint({ points }: Limiter, key: string): Promise<number | null> {
  try {
    await points.consume(key);
    return null;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    // A rejected attempt did not run, so it must not count against a later one.
    await points.reward(key);
    return error.msBeforeNext;
  }
}

async function givePointBack({ points }: Limiter, key: string): Promise<void> {
  const { consumedPoints } = await points.reward(key);
  // It was consumed in an earlier window: the current one would get a point too many.
  if (consumedPoints < 0) await points.penalty(key);
}

const rateLimited = (retryAfterSeconds: number): PasserbyError =>
  new PasserbyError("RATE_LIMITED", { details: { retryAfterSeconds } });
