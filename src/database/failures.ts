/** What a database error means, whichever database it came from. */
import { QueryFailedError } from "typeorm";

const codeOf = (error: unknown): string => {
  const driverError = error instanceof QueryFailedError ? error.driverError : error;
  return String((driverError as { code?: unknown } | null)?.code ?? "");
};

/** A row with that key exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return /^(SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)|23505)$/.test(codeOf(error));
}

/** The row that this one belongs to is gone. */
export function isForeignKeyViolation(error: unknown): boolean {
  return /^(SQLITE_CONSTRAINT_FOREIGNKEY|23503)$/.test(codeOf(error));
}

/** Locked, full, read-only, unreachable or shutting down: the same request may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return (
    /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN|CORRUPT)/.test(code) ||
    /^(08...|57P0[123]|53...|40001|40P01|57014|25006)$/.test(code) ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/.test(code) ||
    (error instanceof Error &&
      /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Query runner already released/.test(
        error.message,
      ))
  );
}

/** PostgreSQL undid one of two transactions that were in each other's way: doing it again may well succeed. */
export const isConflict = (error: unknown): boolean => /^(40001|40P01)$/.test(codeOf(error));

export const isBusy = (error: unknown): boolean => codeOf(error).startsWith("SQLITE_BUSY");

/**
 * What the database cannot store: PostgreSQL has neither NUL nor half a surrogate pair, nor numbers beyond its own, nor texts
 * too long for a column (22001) or an index (54000).
 */
export const isBadText = (error: unknown): boolean =>
  /^(22001|22021|22003|22P0[25]|54000)$/.test(codeOf(error));
