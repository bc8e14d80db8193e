/** Statistics for operators, from counts by day: some hundred small rows, independent of the number of users. */
import type { EntityManager } from "typeorm";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY_MS, dayOf } from "../clock.ts";
import { select } from "../database/sql.ts";
import type { DailyCountKind } from "../entities/daily-count.ts";
import type { IdentityPolicy } from "../identity/policy.ts";
import type { ActiveSessionCounter, ActiveSessions } from "./active-sessions.ts";

interface CountRow {
  day: number;
  kind: DailyCountKind;
  key: string;
  count: number;
}

export interface Statistics {
  logins: { day: Date; total: number; byProvider: { provider: string; count: number }[] }[];
  failedLogins: { day: Date; total: number; byCode: { code: string; count: number }[] }[];
  conversion: { weekOf: Date; arrived: number; linked: number; merged: number }[];
  anonymousUsers: {
    total: number;
    expireAfterDays: number;
    expiringWithinWeek: number;
    byAge: { ageDays: number; arrivedOn: Date; users: number }[];
  };
  activeSessions: ActiveSessions;
  guestProofs: GuestProofsOfDay[];
}

interface GuestProofsOfDay {
  day: Date;
  asked: number;
  solved: number;
  failed: number;
  without: number;
}

/** @param days how many, up to today */
export async function readStatistics(
  {
    reads,
    clock,
    policy,
    audit,
    activeSessions,
    guestProofs,
  }: {
    reads: EntityManager;
    clock: Clock;
    policy: Pick<IdentityPolicy, "anonymousUserDays">;
    activeSessions: ActiveSessionCounter;
    audit: Audit;
    guestProofs: { readonly counts: { flush(): Promise<void> } };
  },
  days: number,
): Promise<Statistics> {
  await Promise.all([audit.flush(), guestProofs.counts.flush()]);
  const now = clock.now();
  const today = dayOf(now);
  const firstDay = today - days + 1;
  const [recent, arrivals, sessions] = await Promise.all([
    select<CountRow>(
      reads,
      `SELECT day, kind, key, sum(count) AS count FROM daily_counts WHERE day >= ? AND day <= ? GROUP BY day, kind, key`,
      [mondayOf(firstDay), today],
    ),
    readAnonymousArrivals(reads),
    activeSessions.read(),
  ]);
  return {
    logins: perDay(recent, { firstDay, today, kinds: ["login", "arrived"] }).map(
      ({ day, total, counts }) => ({
        day,
        total,
        byProvider: counts.map(([provider, count]) => ({ provider, count })),
      }),
    ),
    failedLogins: perDay(recent, { firstDay, today, kinds: ["refused"] }).map(({ day, total, counts }) => ({
      day,
      total,
      byCode: counts.map(([code, count]) => ({ code, count })),
    })),
    conversion: conversionByWeek(recent, mondayOf(firstDay), today),
    anonymousUsers: anonymousByAge(arrivals, { today, expireAfterDays: policy.anonymousUserDays }),
    activeSessions: sessions,
    guestProofs: guestProofsByDay(recent, { firstDay, today }),
  };
}

function guestProofsByDay(
  rows: readonly CountRow[],
  range: { firstDay: number; today: number },
): GuestProofsOfDay[] {
  const guests = perDay(rows, { ...range, kinds: ["arrived"] });
  return perDay(rows, { ...range, kinds: ["proof"] }).map(({ day, counts }, index) => {
    const { asked = 0, solved = 0, failed = 0 } = Object.fromEntries(counts);
    // Guests are counted by their commit, solutions after it: about midnight on different days.
    return { day, asked, solved, failed, without: Math.max(0, (guests[index]?.total ?? 0) - solved) };
  });
}

const timeOf = (day: number): Date => new Date(day * DAY_MS);
/** 1970 began on a Thursday. */
const mondayOf = (day: number): number => day - ((day + 3) % 7);

function perDay(
  rows: readonly CountRow[],
  { firstDay, today, kinds }: { firstDay: number; today: number; kinds: readonly DailyCountKind[] },
): { day: Date; total: number; counts: [string, number][] }[] {
  const days = Array.from({ length: today - firstDay + 1 }, () => new Map<string, number>());
  for (const { day, kind, key, count } of rows) {
    const sums = days[day - firstDay];
    // Imported users did not log in.
    if (sums && key !== "" && kinds.includes(kind)) sums.set(key, (sums.get(key) ?? 0) + Number(count));
  }
  return days.map((sums, index) => {
    const counts = [...sums].sort(([a, more], [b, less]) => less - more || a.localeCompare(b));
    return {
      day: timeOf(firstDay + index),
      total: counts.reduce((sum, [, count]) => sum + count, 0),
      counts,
    };
  });
}

function conversionByWeek(
  rows: readonly CountRow[],
  firstMonday: number,
  today: number,
): Statistics["conversion"] {
  const weeks = Array.from({ length: Math.floor((today - firstMonday) / 7) + 1 }, (_, index) => ({
    weekOf: timeOf(firstMonday + index * 7),
    arrived: 0,
    linked: 0,
    merged: 0,
  }));
  for (const { day, kind, count } of rows) {
    const week = weeks[Math.floor((day - firstMonday) / 7)];
    if (week && (kind === "arrived" || kind === "linked" || kind === "merged")) week[kind] += Number(count);
  }
  return weeks;
}

interface Arrivals {
  day: number;
  users: number;
}

/** How many are still anonymous, by the day on which they arrived. */
const readAnonymousArrivals = (reads: EntityManager): Promise<Arrivals[]> =>
  select<Arrivals>(
    reads,
    `SELECT day, sum(CASE WHEN kind = 'arrived' THEN count ELSE -count END) AS users FROM daily_counts
     WHERE kind IN ('arrived', 'linked', 'merged', 'left') GROUP BY day`,
  );

/** Users older than this many days are counted in the last entry. */
const MAX_AGE = 400;
const WEEK_DAYS = 7;

function anonymousByAge(
  arrivals: readonly Arrivals[],
  { today, expireAfterDays }: { today: number; expireAfterDays: number },
): Statistics["anonymousUsers"] {
  const oldest = Math.min(expireAfterDays, MAX_AGE);
  const byAge = Array.from({ length: oldest + 1 }, (_, ageDays) => ({
    ageDays,
    arrivedOn: timeOf(today - ageDays),
    users: 0,
  }));
  let [total, expiringWithinWeek] = [0, 0];
  for (const { day, users } of arrivals) {
    const count = Number(users);
    const entry = byAge[Math.min(Math.max(today - day, 0), oldest)];
    if (entry) entry.users += count;
    total += count;
    if (today - day >= expireAfterDays - WEEK_DAYS) expiringWithinWeek += count;
  }
  return { total, expireAfterDays, expiringWithinWeek, byAge };
}
