/**
 * Audit events: planned here, and stored by `recordEvents` in the transaction of what happened. Failed attempts have no
 * transaction, so they are stored here, by `recordFailures`.
 */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import { select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { AuditEvent } from "../entities/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import { createOrderedId } from "../ids.ts";
import type { RequestContext } from "../request-context.ts";
import { cleanText } from "../text/storable-text.ts";
import type { AuditAction } from "./actions.ts";

/** The content of an audit event. */
export interface Facts {
  readonly action: AuditAction;
  readonly userId?: string | null;
  /** The email of a failed password login, by which its user is found. It is not stored in the event. */
  readonly account?: string | null;
  readonly provider?: string | null;
  readonly target?: string | number | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Counts failed logins by error code. */
export interface FailureCounter {
  count(code: ErrorCode): void;
  /** Resolves when all counts are stored. */
  flush(): Promise<void>;
}

export interface Audit {
  /** The row of an action that succeeded. A visitor who acts as `facts.userId`, such as by a login, is that user. */
  planRow(context: RequestContext, facts: Facts): AuditEvent;
  /**
   * Stores a failed attempt; not all are stored. Failed logins are always counted, by code. Resolves when it is stored or,
   * if that failed, logged.
   */
  recordFailure(context: RequestContext, facts: Facts, code: ErrorCode): Promise<void>;
  /** Counts a login with a disabled provider, which leaves no event. */
  countFailedLogin(code: ErrorCode): void;
  /** Resolves when all counts are stored. */
  flush(): Promise<void>;
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
/** Asked for a proof of work: not a failure, and counted by itself. */
const notFailed: ErrorCode = "PROOF_OF_WORK_REQUIRED";

/** Failed attempts that one gateway process stores per minute: enough to see an attack, too few to fill a disk. */
export const MAX_FAILURES = 300;
const WINDOW_MS = 60_000;

export function createAudit({
  reads,
  writes,
  clock,
  log,
  failedLogins,
}: {
  reads: EntityManager;
  writes: Writes;
  clock: Clock;
  log: Logger;
  failedLogins: FailureCounter;
}): Audit {
  let window = { start: Number.NEGATIVE_INFINITY, failures: 0, left: 0 };

  const planRow = (
    { actor, client }: RequestContext,
    facts: Facts,
    code: ErrorCode | null = null,
  ): AuditEvent => {
    const at = clock.now();
    const isNowUser = actor.kind === "VISITOR" && facts.userId && code === null;
    return Object.assign(new AuditEvent(), {
      id: createOrderedId(at),
      at,
      action: facts.action,
      code,
      actorKind: isNowUser ? "USER" : actor.kind,
      actor: shorten(isNowUser ? facts.userId : actor.name),
      userId: shorten(facts.userId),
      provider: shorten(facts.provider),
      target: shorten(facts.target?.toString()),
      ipAddress: shorten(client.ipAddress),
      userAgent: shorten(client.userAgent),
      detail: facts.detail ?? null,
    });
  };

  const storeFailure = async (event: AuditEvent, account: string | null): Promise<void> => {
    try {
      const email = account && cleanText(account, MAX_TEXT);
      if (email) event.userId ??= await findAccount(reads, { provider: event.provider, email });
      await writes.insert([{ entity: AuditEvent, rows: [event] }]);
    } catch (err) {
      // The client gets the error of the attempt, whatever becomes of its event.
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
    planRow,
    async recordFailure(context, facts, code) {
      if (code === notFailed) return;
      if (facts.action === "LOGGED_IN") failedLogins.count(code);
      if (notStored.has(code) || isFlood()) return;
      await storeFailure(planRow(context, facts, code), facts.account ?? null);
    },
    countFailedLogin: failedLogins.count,
    flush: failedLogins.flush,
  };
}

/** The user of an email at a provider; takes as long where there is none (user enumeration). */
async function findAccount(
  reads: EntityManager,
  { provider, email }: { provider: string | null; email: string },
): Promise<string | null> {
  const [row] = await select<{ user_id: string }>(
    reads,
    "SELECT user_id FROM identities WHERE email = ? AND provider = ? AND can_sign_in",
    [email, provider],
  );
  return row?.user_id ?? null;
}

const shorten = (text: string | null | undefined): string | null =>
  text == null ? null : cleanText(text, MAX_TEXT);
