/**
 * The data of statistics: counts by day, updated in the transaction of what they count. All counts of anonymous
 * users are by the day of their creation, so arrived − linked − merged − left is how many are still anonymous.
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

/** Counts a login, or a new anonymous user. */
export const countLogin = ({ createdAt, provider }: Session, isArrival = false): DailyCount =>
  countOf(createdAt, isArrival ? "arrived" : "login", provider);

/** Counts an anonymous user that was linked, merged or deleted. */
export const countDeparture = (
  { createdAt }: Pick<User, "createdAt">,
  kind: "linked" | "merged" | "left",
): DailyCount => countOf(createdAt, kind);

/** Counts an imported user by its day of creation. Without a provider, because there was no login. */
export const countImported = ({ createdAt, isAnonymous }: User): DailyCount[] => [
  countOf(createdAt, "arrived"),
  ...(isAnonymous ? [] : [countOf(createdAt, "linked")]),
];

/** On PostgreSQL a count has this many rows, so that concurrent commits seldom wait for the same one. */
const SHARDS = 16;

/** Must be the last rows of a transaction: they stay locked until the commit, and no lock is acquired after them (deadlocks). */
export const dailyCountRows = (rows: readonly DailyCount[]): Rows => ({
  entity: DailyCount,
  rows,
  addTo: { column: "count", spread: { column: "shard", over: SHARDS } },
});
