/**
 * Deadlines for the database, in whatever state it is. Requests are answered within 9 s, so their database work must fail
 * before that; jobs and commands may take longer.
 */
export interface WorkLimits {
  /** For one statement, or one transaction with all its statements. */
  readonly leaseSeconds: number;
  /** For a write that waits in the queue, and on SQLite for the lock of another process. */
  readonly writeSeconds: number;
}

/** Requests. */
export const interactive: WorkLimits = { leaseSeconds: 5, writeSeconds: 8 };

/** Jobs, commands, exports and statistics. */
export const long: WorkLimits = { leaseSeconds: 120, writeSeconds: 60 };

/** A migration may rewrite a large table, or wait for another process that does. */
export const MIGRATION_SECONDS = 3_600;

/** To get a connection from the pool or open a new one. */
export const CONNECT_SECONDS = 3;

/** The maximum number of callers that wait for a connection; others fail at once, because each holds a request in memory. */
export const MAX_WAITING = 1_000;

/**
 * Timeouts that PostgreSQL enforces if this process freezes or is disconnected with an open transaction. `SET LOCAL`, because
 * behind a pooler in transaction mode a session setting would affect other clients, and poolers reject startup parameters.
 */
export const beginTransaction = ({ leaseSeconds }: WorkLimits): string =>
  `START TRANSACTION; SET LOCAL statement_timeout = ${(leaseSeconds + 1) * 1_000}; ` +
  `SET LOCAL idle_in_transaction_session_timeout = ${(leaseSeconds + 1) * 1_000}`;
