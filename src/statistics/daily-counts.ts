/**
 * What statistics are made of: counts by day, added up in the commit of what they count. Anonymous users are counted on
 * the day on which they arrived: arrived − linked − merged − left are still anonymous.
 */
import { dayOf } from "../clock.ts";
import type { Rows } from "../database/insert-rows.ts";
import { DailyCount, type DailyCountKind } from "../entities/daily-count.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";

const countOf = (time: Date, kind: DailyCountKind, key = "", count = 1): DailyCount => ({
  day: dayOf(time),
  kind,
  key,
  shard: 0,
  count,
});

/** One session more; for a new anonymous user its arrival too. */
export const countLogin = ({ createdAt, provider }: Session, isArrival = false): DailyCount =>
  countOf(createdAt, isArrival ? "arrived" : "login", provider);

/** A user that arrived as an anonymous one is none any more. */
export const countDeparture = (
  { createdAt }: Pick<User, "createdAt">,
  kind: "linked" | "merged" | "left",
): DailyCount => countOf(createdAt, kind);

/** A user that arrived elsewhere as an anonymous one, on the day on which it did. Without a provider, for nobody logged in. */
export const countImported = ({ createdAt, isAnonymous }: User): DailyCount[] => [
  countOf(createdAt, "arrived"),
  ...(isAnonymous ? [] : [countOf(createdAt, "linked")]),
];

/** Last among the rows of a transaction: a count is held until the commit, and nobody waits for anything with one in hand. */
export const dailyCounts = (...rows: readonly DailyCount[]): Rows => ({ entity: DailyCount, rows });
