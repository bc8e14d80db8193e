/** What a genuine refresh token gets, as a table: no database, no clock. */
import { describe, expect, it } from "@jest/globals";
import { decideRefresh, type RefreshDecision } from "../../../src/identity/sessions/decide-refresh.ts";

const NOW = new Date(1_800_000_000_000);
const ago = (seconds: number): Date => new Date(+NOW - seconds * 1_000);

interface Facts {
  readonly generation: number;
  readonly newest?: number;
  readonly rotatedAt?: Date | null;
  readonly isAnonymous?: boolean;
  readonly endedAt?: Date | null;
  readonly disabledAt?: Date | null;
  readonly expiresAt?: Date | null;
}

const cases: [fact: string, facts: Facts, decision: RefreshDecision][] = [
  ["the newest rotates", { generation: 5 }, "ROTATE"],
  ["the first of a new session rotates", { generation: 0, newest: 0, rotatedAt: null }, "ROTATE"],
  ["the parent within the grace is repeated", { generation: 4, rotatedAt: ago(10) }, "REPEAT"],
  [
    "a permanent user's parent after the grace is reused",
    { generation: 4, rotatedAt: ago(10.001) },
    "REUSED",
  ],
  [
    "a guest's parent within the grace is repeated",
    { generation: 4, isAnonymous: true, rotatedAt: ago(1) },
    "REPEAT",
  ],
  [
    "a guest's parent is repeated after the grace",
    { generation: 4, isAnonymous: true, rotatedAt: ago(11) },
    "REPEAT",
  ],
  [
    "a guest's parent is repeated weeks later",
    { generation: 4, isAnonymous: true, rotatedAt: ago(80 * 86_400) },
    "REPEAT",
  ],
  [
    "a guest's grandparent is reused, within the grace too",
    { generation: 3, isAnonymous: true, rotatedAt: ago(0) },
    "REUSED",
  ],
  [
    "a permanent user's grandparent is reused, within the grace too",
    { generation: 3, rotatedAt: ago(0) },
    "REUSED",
  ],
  ["the parent of a session that never rotated is reused", { generation: 4, rotatedAt: null }, "REUSED"],
  ["a token newer than the row rotates", { generation: 6 }, "ROTATE"],
  [
    "one that is much newer rotates",
    { generation: 900, newest: 0, rotatedAt: null, isAnonymous: true },
    "ROTATE",
  ],
  ["a newer one of an ended session is rejected", { generation: 6, endedAt: ago(1) }, "ENDED"],
  ["a newer one of a disabled user is rejected", { generation: 6, disabledAt: ago(1) }, "DISABLED"],
  ["a newer one past its time is rejected", { generation: 6, expiresAt: NOW }, "EXPIRED"],
  [
    "a guest's parent of an ended session is rejected",
    { generation: 4, isAnonymous: true, endedAt: ago(1) },
    "ENDED",
  ],
  [
    "a guest's parent past its time is rejected",
    { generation: 4, isAnonymous: true, expiresAt: ago(0) },
    "EXPIRED",
  ],
  ["an old one of an ended session is told that it ended", { generation: 0, endedAt: ago(1) }, "ENDED"],
];

describe("a refresh token", () => {
  it.each(cases)("%s", (_, facts, decision) => {
    const { generation, newest = 5, rotatedAt = ago(3_600), isAnonymous = false } = facts;
    const session = { refreshGeneration: newest, rotatedAt, endedAt: facts.endedAt ?? null };
    const caller = { user: { isAnonymous, disabledAt: facts.disabledAt ?? null }, session };
    expect(decideRefresh({ generation, caller, now: NOW, expiresAt: facts.expiresAt ?? null })).toBe(
      decision,
    );
  });
});
