/**
 * Where events are written, and nowhere else. What is recorded of which rule is in rules.ts; that a rule is recorded is
 * said where the rule is, with `audited`.
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
import { createRefusalCounter } from "./refusal-counter.ts";

/** Who does something, and from where. */
export interface Acting {
  readonly kind: AuditActorKind;
  /** An operator's name or a user's id. */
  readonly name: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The gateway itself, such as when it expires users. */
export const SYSTEM: Acting = { kind: "SYSTEM", name: null, ipAddress: null, userAgent: null };

/** What a rule says of what it did. */
export interface Facts {
  readonly action: AuditAction;
  readonly userId?: string | null;
  /** The e-mail of a kept password, by which its user is found. It is not stored. */
  readonly account?: string | null;
  readonly provider?: string | null;
  readonly target?: string | number | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Audit {
  /** Resolves when the event is stored, or is in the log because it could not be. */
  record(acting: Acting, facts: Facts): Promise<void>;
  /** The same for a refusal, of which not all are stored one by one. Refused logins are counted, whatever the code. */
  recordRefusal(acting: Acting, facts: Facts, code: ErrorCode): Promise<void>;
  /** A way in that is off: there is nothing to record of it but how often it was tried. */
  countRefusedLogin(code: ErrorCode): void;
  /** Resolves when what was counted so far is stored. */
  flush(): Promise<void>;
}

/** What every service that an audited rule gets must bring. */
export interface Audited {
  readonly audit: Audit;
  readonly acting: Acting;
}

const MAX_TEXT = 512;
/** Mistakes of a client, and what is refused so often that it would fill the table. */
const notStored: ReadonlySet<ErrorCode> = new Set([
  "RATE_LIMITED",
  "SERVICE_UNAVAILABLE",
  "BAD_USER_INPUT",
  "WEAK_PASSWORD",
  "PROVIDER_DISABLED",
]);

/** So many refusals are stored by each gateway process in a minute: enough to see an attack, too few to fill a disk. */
export const MAX_REFUSALS = 300;
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
  const refusedLogins = createRefusalCounter({ writes, clock, log });
  let last = { msecs: 0, sequence: 0 };
  let window = { start: Number.NEGATIVE_INFINITY, refusals: 0, left: 0 };

  /** Of the same millisecond, the later has the greater id. */
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
      // The thing itself is done: to refuse it now would be a lie.
      log.error({ err, event }, "audit event could not be stored");
    }
  };

  const isFlood = (): boolean => {
    const now = clock.now().getTime();
    if (now - window.start >= WINDOW_MS) window = { start: now, refusals: 0, left: 0 };
    window.refusals += 1;
    if (window.refusals <= MAX_REFUSALS) return false;
    if (window.left++ === 0) {
      log.warn(
        { perMinute: MAX_REFUSALS },
        "more failed attempts than are recorded as audit events; statistics count all of them",
      );
    }
    return true;
  };

  return {
    record: (acting, facts) => store(acting, facts, null),
    async recordRefusal(acting, facts, code) {
      if (facts.action === "LOGGED_IN") refusedLogins.count(code);
      if (!notStored.has(code) && !isFlood()) await store(acting, facts, code);
    },
    countRefusedLogin: refusedLogins.count,
    flush: refusedLogins.flush,
  };
}

/** Whose e-mail that is; the same work where it is nobody's. */
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
