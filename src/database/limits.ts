/**
 * How long the database may take, whatever state it is in. A request ends with an answer within 9 s, so what it needs of
 * the database gives up before that; work that no client waits for may take longer.
 */
export interface WorkLimits {
  /** For one statement, or one transaction with all its statements. */
  readonly leaseSeconds: number;
  /** For a write that waits its turn, and on SQLite for another process that writes. */
  readonly writeSeconds: number;
}

/** What a client waits for. */
export const interactive: WorkLimits = { leaseSeconds: 5, writeSeconds: 8 };

/** Jobs, commands, exports and statistics. */
export const long: WorkLimits = { leaseSeconds: 120, writeSeconds: 60 };

/** A large table that a migration rewrites, or another process that does. */
export const MIGRATION_SECONDS = 3_600;

/** Until a connection is there, free or new. */
export const CONNECT_SECONDS = 3;

/** So many may wait for a connection; more are refused at once, because each holds a request in memory. */
export const MAX_WAITING = 1_000;

/**
 * What PostgreSQL enforces by itself, should this process be frozen or cut off with a transaction open. It holds for that
 * transaction alone: a setting of the session would go to other clients behind a pooler in transaction mode, and poolers
 * refuse it as a startup parameter.
 */
export const beginTransaction = ({ leaseSeconds }: WorkLimits): string =>
  `START TRANSACTION; SET LOCAL statement_timeout = ${(leaseSeconds + 1) * 1_000}; ` +
  `SET LOCAL idle_in_transaction_session_timeout = ${(leaseSeconds + 1) * 1_000}`;
