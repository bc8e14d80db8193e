/**
 * Limits on what one client may try. They are consumed where a rule runs, so an alias, a fragment or a batch
 * costs what it does. Counting happens in this process; it leaves who is limited, and by what key, to the caller.
 */
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { PasserbyError } from "./errors.ts";

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
  | "oauthStarts";

/** null switches a limit off. */
export type LimitPolicy = Readonly<Record<LimitName, Limit | null>>;

/**
 * Figures: Firebase allows 100 new accounts per hour and address; Authorizer and nhost 10 tries per 5 minutes. Failures of
 * one address at any account: ten such accounts. Mails: as
 * many as an impatient person asks for; a whole office may share one address. Starts of a redirect flow: each leaves a row
 * for ten minutes.
 */
export const defaultLimits: LimitPolicy = {
  anonymousLogins: { points: 100, seconds: 3_600 },
  failedLogins: { points: 10, seconds: 300 },
  addressFailures: { points: 100, seconds: 300 },
  mails: { points: 5, seconds: 3_600 },
  mailRequests: { points: 30, seconds: 3_600 },
  oauthStarts: { points: 100, seconds: 600 },
};

const names = Object.keys(defaultLimits) as LimitName[];
const NOTATION = new RegExp(`^\\s*(${names.join("|")})=(?:(\\d{1,9})/(\\d{1,9})|(off))\\s*$`);

/** The notation that `parseLimits` reads. */
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
    if (!match || (!match[4] && (points < 1 || seconds < 1))) {
      throw new Error(`must be off, or limits such as ${formatLimits(defaultLimits)}`);
    }
    policy[match[1] as LimitName] = match[4] ? null : { points, seconds };
  }
  return policy;
}

export interface Limits {
  /**
   * Takes one point before the thing is tried, so that attempts at the same moment are counted too.
   * @throws PasserbyError RATE_LIMITED with `retryAfterSeconds`
   */
  consume(name: LimitName, key: string): Promise<void>;
  /** Gives the point back: the attempt was a right one. */
  giveBack(name: LimitName, key: string): Promise<void>;
}

export function createLimits(policy: LimitPolicy): Limits {
  const limiters = new Map<LimitName, RateLimiterMemory>();
  for (const [name, limit] of Object.entries(policy) as [LimitName, Limit | null][]) {
    if (limit) {
      limiters.set(
        name,
        new RateLimiterMemory({ points: limit.points, duration: limit.seconds, keyPrefix: name }),
      );
    }
  }
  return {
    async consume(name, key) {
      try {
        await limiters.get(name)?.consume(key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // What was refused was not tried: it must not keep out who comes with the right thing later.
        await limiters.get(name)?.reward(key);
        throw new PasserbyError("RATE_LIMITED", {
          details: { retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) },
        });
      }
    },
    async giveBack(name, key) {
      await limiters.get(name)?.reward(key);
    },
  };
}
