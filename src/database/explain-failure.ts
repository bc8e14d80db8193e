/** Explains a database error to an operator: what is wrong, and how to fix it. */
import { QueryFailedError } from "typeorm";
import { isBusy, isTlsFailure } from "./failures.ts";

interface Facts {
  readonly code: string;
  readonly message: string;
}

type Explanation = string | ((facts: Facts) => string);

/** Every certificate error of Node.js has the same two fixes. */
const TLS_FIX =
  "Name the certificate authority's file in DATABASE_URL (`?sslmode=verify-full&sslrootcert=/path/ca.pem`), or encrypt without verification (`?sslmode=no-verify`)";

/** The first match of `code message` counts. */
const explanations: readonly (readonly [RegExp, Explanation])[] = [
  // Files
  [/SQLITE_NOTADB/, "The database file is not a SQLite database. Set DATABASE_URL to another file."],
  [
    /SQLITE_READONLY|attempt to write a readonly|^EROFS/,
    "The database file is read-only. Make it and its folder writable for this user, or set DATABASE_URL to another file.",
  ],
  [
    /^SQLITE_FULL|^ENOSPC|^EDQUOT|^53100/,
    "The disk of the database is full. Free some space, then start again.",
  ],
  [/^SQLITE_CORRUPT|^XX00[12]/, "The database is damaged. Restore it from a backup, and check its disk."],
  [
    /^SQLITE_IOERR|^EIO|^58030/,
    ({ message }) =>
      `The disk of the database failed (${message}). Check the disk and the permissions of the folder.`,
  ],
  [
    /^(SQLITE_CANTOPEN|EISDIR|ENOTDIR|ENAMETOOLONG|ELOOP|EEXIST)|unable to open|Cannot open database/,
    "The database file cannot be opened. Check that DATABASE_URL names a file, and that its folder exists and is writable.",
  ],
  [
    /^(EACCES|EPERM)(?!.*connect )/,
    ({ message }) =>
      `Permission denied: ${message}. Make the file and its folder writable for this user, or set DATABASE_URL to another file.`,
  ],
  [/^SQLITE_NOMEM|^53200/, "The database is out of memory. Give it more, then start again."],
  // TLS
  [
    /does not support SSL/,
    "PostgreSQL does not offer TLS, and DATABASE_URL requires it (`sslmode` or `sslrootcert`). Set `ssl = on` in postgresql.conf, or remove both parameters if the network is trusted.",
  ],
  [
    /^28000 .*(no encryption|SSL off)/,
    "PostgreSQL accepts encrypted connections only. Add `?sslmode=require` to DATABASE_URL.",
  ],
  [/^CERT_HAS_EXPIRED/, "The certificate of PostgreSQL has expired. Renew it on the server."],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    "The certificate of PostgreSQL is for another host name. Use the certificate's name in DATABASE_URL, or encrypt without verification (`?sslmode=no-verify`).",
  ],
  [
    /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_)/,
    ({ message }) => `The certificate of PostgreSQL cannot be verified (${message}). ${TLS_FIX}.`,
  ],
  // Authentication and permissions
  [
    /password must be a (non-empty )?string|requires a password|empty password/,
    "PostgreSQL requires a password, and DATABASE_URL has none. Set it as in postgres://user:password@host:port/database.",
  ],
  [
    /^28P01|^28000|password authentication failed|no such user|no such database: |SASL authentication failed/,
    ({ message }) =>
      `PostgreSQL rejects the user or password in DATABASE_URL (${message}). Correct them, and percent-encode special characters: @ is %40. If they are right, check pg_hba.conf on the server.`,
  ],
  [
    /^SASL|SASL|[Uu]nknown authentication|authentication .*not supported|Only mechanism/,
    "PostgreSQL requires an authentication method that is not supported. Set `scram-sha-256` for this user in pg_hba.conf.",
  ],
  [
    /^3D000|database ".*" does not exist/,
    "The database named in DATABASE_URL does not exist. Create it first: CREATE DATABASE.",
  ],
  [
    /^42501/,
    ({ message }) =>
      `The user in DATABASE_URL lacks a permission that migrations need (${message}). Run GRANT CREATE, USAGE ON SCHEMA public TO <user>, or make the user the owner of the database and its tables.`,
  ],
  [
    /^3F000/,
    ({ message }) =>
      `There is no schema to create tables in (${message}). Create the schema, or change the user's search_path.`,
  ],
  // State of the server
  [
    /unsupported startup parameter/,
    ({ message }) =>
      `The connection pooler rejects a startup parameter (${message}). Remove it from DATABASE_URL and the PG* variables, or add it to the pooler's \`ignore_startup_parameters\`.`,
  ],
  [
    /^53300|too many (connections|clients)|no more connections|remaining connection slots/,
    "PostgreSQL has no free connection. Lower DATABASE_POOL_SIZE, or raise `max_connections` in postgresql.conf.",
  ],
  [
    /^57P0[123]|starting up|shutting down/,
    ({ message }) => `PostgreSQL is starting or stopping (${message}). Try again in a moment.`,
  ],
  [/^25006/, "PostgreSQL is read-only, which a standby is. Set DATABASE_URL to the primary."],
  [
    /^(0A000|42601|42883|42704)/,
    ({ message }) =>
      `The database does not support a statement (${message}). Use a maintained version of PostgreSQL.`,
  ],
  // Connection
  [
    /received invalid response|Received unexpected|invalid message|EPROTO|ERR_SSL_|HPE_/,
    "The server at the host and port of DATABASE_URL is not PostgreSQL, or expects TLS in another way. Check host, port and `sslmode`.",
  ],
  [
    /^(ENOTFOUND|EAI_)/,
    ({ message }) => `The host in DATABASE_URL cannot be resolved (${message}). Check its name and the DNS.`,
  ],
  [
    /^ENOENT .*PGSQL/,
    ({ message }) =>
      `PostgreSQL does not listen on the socket in DATABASE_URL (${message}). Check the path, and that the server is running.`,
  ],
  [/^ENOENT/, ({ message }) => `A file in DATABASE_URL does not exist (${message}). Check the path.`],
  [
    /Connection terminated unexpectedly|^ECONNRESET|before secure TLS/,
    "The database cannot be reached: the server at the host and port of DATABASE_URL closed the connection. Check that it is PostgreSQL, and read its log or that of the proxy in front of it.",
  ],
  [
    /^ETIMEDOUT|timeout|took too long|^57014|^25P04/,
    "The database does not answer in time. Check host and port in DATABASE_URL, firewalls, and the load of the server.",
  ],
  [
    /^(ECONN|EHOST|ENET|EADDRNOTAVAIL|EPIPE|EACCES|EPERM|EMFILE|ENFILE|ENOBUFS)|^08|Connection terminated/,
    ({ code, message }) =>
      `The database cannot be reached (${message || code}). Check DATABASE_URL, and that the server is running.`,
  ],
  [
    /URI malformed|Invalid URL/,
    "DATABASE_URL cannot be parsed. Percent-encode special characters: % is %25, @ is %40.",
  ],
  [/^SQLITE_|^[0-9A-Z]{5} /, ({ code, message }) => `The database returned an error (${code}: ${message}).`],
];

/** @returns null when it is not a database error */
export function explainDatabaseFailure(error: unknown): string | null {
  const cause = (
    error instanceof QueryFailedError ? error.driverError : error
  ) as NodeJS.ErrnoException | null;
  // Drivers may throw errors of another realm, which are not instances of this Error.
  if (typeof cause?.message !== "string") return null;
  // AggregateError: one error for each address of a host name.
  const { errors } = cause as { errors?: unknown };
  if (Array.isArray(errors)) return explainDatabaseFailure(errors[0]);
  if (isBusy(cause))
    return "The database is locked by another process. Wait until it has finished, then start again.";
  const facts: Facts = { code: String(cause.code ?? ""), message: cause.message };
  const text = facts.code ? `${facts.code} ${facts.message}` : facts.message;
  const found = explanations.find(([pattern]) => pattern.test(text))?.[1];
  if (found) return typeof found === "string" ? found : found(facts);
  if (isTlsFailure(cause)) return `TLS to PostgreSQL failed (${facts.message}). ${TLS_FIX}.`;
  return null;
}
