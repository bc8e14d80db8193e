/** Classifies errors of both databases. */
import { QueryFailedError } from "typeorm";

const codeOf = (error: unknown): string => {
  const driverError = error instanceof QueryFailedError ? error.driverError : error;
  return String((driverError as { code?: unknown } | null)?.code ?? "");
};

/** A row with this unique key exists. */
export function isUniqueViolation(error: unknown): boolean {
  return /^(SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)|23505)$/.test(codeOf(error));
}

/** The referenced row does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return /^(SQLITE_CONSTRAINT_FOREIGNKEY|23503)$/.test(codeOf(error));
}

/**
 * Locked, full, read-only, unreachable, silent, out of connections or shutting down: a later retry may succeed.
 * SQLSTATEs (PostgreSQL, appendix A): 08 connection, 25006 read-only server, 25P03 and 25P04 and 57014 too
 * slow, 28 authentication (while a password is changed), 40 conflicts, 53 resources, 55P03 locked, 57P shutdown, 58 disk.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return (
    /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN|CORRUPT|NOTADB|NOMEM|PERM|PROTOCOL)/.test(code) ||
    /^(08...|25006|25P0[34]|28...|40...|53...|55P03|57014|57P0.|58...|XX00[12])$/.test(code) ||
    /^(ECONN|EPIPE|EPROTO|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EADDRNOTAVAIL|EMFILE|ENFILE|ENOBUFS)/.test(
      code,
    ) ||
    isTlsFailure(error) ||
    (error instanceof Error &&
      /Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|after calling end on the pool|Query runner already released/.test(
        error.message,
      ))
  );
}

/** PostgreSQL offers no TLS, or its certificate is not trusted. */
export function isTlsFailure(error: unknown): boolean {
  return (
    /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|HOSTNAME_MISMATCH)/.test(
      codeOf(error),
    ) ||
    (error instanceof Error &&
      /does not support SSL connections|error establishing an SSL connection|before secure TLS connection/.test(
        error.message,
      ))
  );
}

/** The database is reachable, but cannot write: its disk is full or failing, or it is read-only. */
export const isUnwritable = (error: unknown): boolean =>
  /^(SQLITE_(FULL|IOERR|READONLY|CORRUPT|CANTOPEN)|53100$|58030$|25006$)/.test(codeOf(error));

/** Serialization failure or deadlock: PostgreSQL rolled the transaction back, and a retry may succeed. */
export const isConflict = (error: unknown): boolean => /^(40001|40P01)$/.test(codeOf(error));

/** The server is a standby, for example after a failover. Nothing was written; a new connection may reach the primary. */
export const isReadOnlyServer = (error: unknown): boolean => codeOf(error) === "25006";

export const isBusy = (error: unknown): boolean => codeOf(error).startsWith("SQLITE_BUSY");

/**
 * A value that cannot be stored: PostgreSQL rejects NUL, lone surrogates, numbers out of range, and text that is too long
 * for a column (22001) or an index (54000).
 */
export const isBadText = (error: unknown): boolean =>
  /^(22001|22021|22003|22P0[25]|54000)$/.test(codeOf(error));
