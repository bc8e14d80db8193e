/**
 * The only place that writes audit events. rules.ts says what is recorded of each rule; a rule is audited where it is
 * defined, with `audited`.
 */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import type { Clock } from "../clock.ts";
import { select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { type AuditActorKind, AuditEvent } from "../entities/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import { cleanText } from "../text/storable-text.ts";
import type { AuditAction } from "./actions.ts";
import { createFailureCounter } from "./failure-counter.ts";

/** Who acts, and from where. */
export interface Acting {
  readonly kind: AuditActorKind;
  /** An operator's name or a user's id. */
  readonly name: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The gateway itself, such as when it expires users. */
export const SYSTEM: Acting = { kind: "SYSTEM", name: null, ipAddress: null, userAgent: null };

/** The content of an audit event. */
export interface Facts {
  readonly action: AuditAction;
  readonly userId?: string | null;
  /** The email of a password login, by which its user is found. It is not stored in the event. */
  readonly account?: string | null;
  readonly provider?: string | null;
  readonly target?: string | number | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Audit {
  /** Resolves when the event is stored or, if that failed, logged. */
  record(acting: Acting, facts: Facts): Promise<void>;
  /** The same for a failed attempt, of which not all are stored. Failed logins are always counted, by code. */
  recordFailure(acting: Acting, facts: Facts, code: ErrorCode): Promise<void>;
  /** Counts a login with a disabled provider, which leaves no event. */
  countFailedLogin(code: ErrorCode): void;
  /** Resolves when all counts are stored. */
  flush(): Promise<void>;
}

/** The services that every audited rule needs. */
export interface Audited {
  readonly audit: Audit;
  readonly acting: Acting;
}

const MAX_TEXT = 512;
/** Client mistakes, and errors so frequent that they would fill the table. */
const notStored: ReadonlySet<ErrorCode> = new Set([
  "RATE_LIMITED",
  "SERVICE_UNAVAILABLE",
  "BAD_USER_INPUT",
  "WEAK_PASSWORD",
  "PROVIDER_DISABLED",
]);

/** Failed attempts that one gateway process stores per minute: enough to see an attack, too few to fill a disk. */
export const MAX_FAILURES = 300;
const WINDOW_MS = 60_000;

export function createAudit({
  reads,
  writes,
  clock,
  log,
}: {
  reads: EntityManager;
  writes: Writes;
  clock: Clock;
  log: Logger;
}): Audit {
  const failedLogins = createFailureCounter({ writes, clock, log });
  let last = { msecs: 0, sequence: 0 };
  let window = { start: Number.NEGATIVE_INFINITY, failures: 0, left: 0 };

  /** Ids increase within a millisecond too. */
  const createId = (msecs: number): string => {
    last = { msecs, sequence: msecs === last.msecs ? last.sequence + 1 : 0 };
    return uuidv7({ msecs, seq: last.sequence });
  };

  const store = async (acting: Acting, facts: Facts, code: ErrorCode | null): Promise<void> => {
    const at = clock.now();
    const event = Object.assign(new AuditEvent(), {
      id: createId(at.getTime()),
      at,
      action: facts.action,
      code,
      actorKind: acting.kind,
      actor: shorten(acting.name),
      userId: shorten(facts.userId),
      provider: shorten(facts.provider),
      target: shorten(facts.target?.toString()),
      ipAddress: shorten(acting.ipAddress),
      userAgent: shorten(acting.userAgent),
      detail: facts.detail ?? null,
    });
    try {
      if (facts.account) event.userId ??= await findAccount(reads, cleanText(facts.account, MAX_TEXT));
      await writes.insert([{ entity: AuditEvent, rows: [event] }]);
    } catch (err) {
      // The operation has succeeded, so it must not fail because of its event.
      log.error({ err, event }, "audit event could not be stored");
    }
  };

  const isFlood = (): boolean => {
    const now = clock.now().getTime();
    if (now - window.start >= WINDOW_MS) window = { start: now, failures: 0, left: 0 };
    window.failures += 1;
    if (window.failures <= MAX_FAILURES) return false;
    if (window.left++ === 0) {
      log.warn(
        { perMinute: MAX_FAILURES },
        "more failed attempts than are recorded as audit events; statistics count all of them",
      );
    }
    return true;
  };

  return {
    record: (acting, facts) => store(acting, facts, null),
    async recordFailure(acting, facts, code) {
      if (facts.action === "LOGGED_IN") failedLogins.count(code);
      if (!notStored.has(code) && !isFlood()) await store(acting, facts, code);
    },
    countFailedLogin: failedLogins.count,
    flush: failedLogins.flush,
  };
}

/** The user of an email; takes as long where there is none (user enumeration). */
async function findAccount(reads: EntityManager, email: string): Promise<string | null> {
  const [row] = await select<{ user_id: string }>(
    reads,
    `SELECT i.user_id FROM password_credentials c JOIN identities i ON i.id = c.identity_id WHERE c.email = ?`,
    [email],
  );
  return row?.user_id ?? null;
}

const shorten = (text: string | null | undefined): string | null =>
  text == null ? null : cleanText(text, MAX_TEXT);
