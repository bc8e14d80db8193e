/** What an operator can do about a database error, whichever database it came from: one sentence that names the fix. */
import { QueryFailedError } from "typeorm";
import { isBusy, isTlsFailure } from "./failures.ts";

interface Facts {
  readonly code: string;
  readonly message: string;
}

type Explanation = string | ((facts: Facts) => string);

/** What Node says of a certificate; all of it is mended in the same place. */
const TLS_FIX =
  "Give the file of its certificate authority in DATABASE_URL (`?sslmode=verify-full&sslrootcert=/path/ca.pem`), or encrypt without verifying (`?sslmode=no-verify`)";

/** The first that fits, by `code message`. */
const explanations: readonly (readonly [RegExp, Explanation])[] = [
  // Files
  [/SQLITE_NOTADB/, "The database file is not a SQLite database. Set DATABASE_URL to another file."],
  [
    /SQLITE_READONLY|attempt to write a readonly|^EROFS/,
    "The database file is read-only. Make it and its folder writable for this user, or set DATABASE_URL to another file.",
  ],
  [
    /^SQLITE_FULL|^ENOSPC|^EDQUOT|^53100/,
    "The disk of the database is full. Free some space and start again.",
  ],
  [
    /^SQLITE_CORRUPT|^XX00[12]/,
    "The database is damaged. Restore it from a backup, and check the disk that it is on.",
  ],
  [
    /^SQLITE_IOERR|^EIO|^58030/,
    ({ message }) =>
      `The disk of the database failed (${message}). Check the disk, and who may write to the folder.`,
  ],
  [
    /^(SQLITE_CANTOPEN|EISDIR|ENOTDIR|ENAMETOOLONG|ELOOP|EEXIST)|unable to open|Cannot open database/,
    "The database file cannot be opened. Check that DATABASE_URL names a file, and that its folder exists and is writable.",
  ],
  [
    /^(EACCES|EPERM)(?!.*connect )/,
    ({ message }) =>
      `Permission denied: ${message}. Check who owns the file, or choose another DATABASE_URL.`,
  ],
  [/^SQLITE_NOMEM|^53200/, "The database has too little memory. Give it more, and start again."],
  // TLS
  [
    /does not support SSL/,
    "PostgreSQL has TLS switched off, and DATABASE_URL asks for it. Switch it on there (`ssl = on`), or leave `sslmode` out where the network is trusted.",
  ],
  [
    /^28000 .*(no encryption|SSL off)/,
    "PostgreSQL takes encrypted connections only. Add `?sslmode=require` to DATABASE_URL.",
  ],
  [/^CERT_HAS_EXPIRED/, "The certificate of PostgreSQL has expired. Renew it."],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    "The certificate of PostgreSQL is for another host name. Use the name that it has in DATABASE_URL, or encrypt without verifying (`?sslmode=no-verify`).",
  ],
  [
    /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_)/,
    ({ message }) => `The certificate of PostgreSQL cannot be verified (${message}). ${TLS_FIX}.`,
  ],
  // Who may log in, and to what
  [
    /password must be a (non-empty )?string|requires a password|empty password/,
    "PostgreSQL asks for a password, and DATABASE_URL has none: postgres://user:password@host:port/database.",
  ],
  [
    /^28P01|^28000|password authentication failed|no such user|no such database: |SASL authentication failed/,
    ({ message }) => `PostgreSQL refuses the user or the password in DATABASE_URL (${message}).`,
  ],
  [
    /^SASL|SASL|[Uu]nknown authentication|authentication .*not supported|Only mechanism/,
    "PostgreSQL asks for a way to log in that is not supported. Allow `scram-sha-256` for this user in pg_hba.conf.",
  ],
  [
    /^3D000|database ".*" does not exist/,
    "The database named in DATABASE_URL does not exist. Create it first: CREATE DATABASE.",
  ],
  [
    /^42501/,
    ({ message }) =>
      `The user in DATABASE_URL may not do what a migration needs (${message}). Let it: GRANT CREATE, USAGE ON SCHEMA public TO <user>, or make it the owner of the database and its tables.`,
  ],
  [
    /^3F000/,
    ({ message }) =>
      `There is no schema to create tables in (${message}). Create it, or change the user's search_path.`,
  ],
  // Its state
  [
    /unsupported startup parameter/,
    ({ message }) =>
      `The pooler refuses a parameter of the connection (${message}). Leave it out of DATABASE_URL and the PG… variables, or add it to the pooler's \`ignore_startup_parameters\`.`,
  ],
  [
    /^53300|too many (connections|clients)|no more connections|remaining connection slots/,
    "PostgreSQL has no connection left. Lower DATABASE_POOL_SIZE, or raise `max_connections` there.",
  ],
  [
    /^57P0[123]|starting up|shutting down/,
    ({ message }) => `PostgreSQL is starting or stopping (${message}). Start again in a moment.`,
  ],
  [/^25006/, "PostgreSQL is read-only, as a standby is. Set DATABASE_URL to the primary."],
  [
    /^(0A000|42601|42883|42704)/,
    ({ message }) =>
      `The database does not understand what is asked of it (${message}). Use PostgreSQL of a version that is still maintained.`,
  ],
  // The way to it
  [
    /received invalid response|Received unexpected|invalid message|EPROTO|ERR_SSL_|HPE_/,
    "What answers at the host and port of DATABASE_URL is not PostgreSQL, or speaks TLS in another way. Check both.",
  ],
  [
    /^(ENOTFOUND|EAI_)/,
    ({ message }) => `The host in DATABASE_URL is not known (${message}). Check its name, and the DNS.`,
  ],
  [
    /^ENOENT .*PGSQL/,
    ({ message }) =>
      `PostgreSQL does not listen on that socket (${message}). Check DATABASE_URL and that the server runs.`,
  ],
  [/^ENOENT/, ({ message }) => `A file that DATABASE_URL names is not there (${message}). Check the path.`],
  [
    /Connection terminated unexpectedly|^ECONNRESET|before secure TLS/,
    "The database cannot be reached: what answers at the host and port of DATABASE_URL closed the connection. Check that PostgreSQL is there, and its log or that of the proxy before it.",
  ],
  [
    /^ETIMEDOUT|timeout|took too long|^57014|^25P04/,
    "The database does not answer in time. Check host and port in DATABASE_URL, firewalls on the way, and what the server is busy with.",
  ],
  [
    /^(ECONN|EHOST|ENET|EADDRNOTAVAIL|EPIPE|EACCES|EPERM|EMFILE|ENFILE|ENOBUFS)|^08|Connection terminated/,
    ({ code, message }) =>
      `The database cannot be reached (${message || code}). Check DATABASE_URL and that the server runs.`,
  ],
  [
    /URI malformed|Invalid URL/,
    "DATABASE_URL cannot be read. Write a % in it as %25, and other special characters percent-encoded.",
  ],
  [
    /^SQLITE_|^[0-9A-Z]{5} /,
    ({ code, message }) => `The database refuses what is asked of it (${code}: ${message}).`,
  ],
];

/** @returns null when it is no failure of the database */
export function explainDatabaseFailure(error: unknown): string | null {
  const cause = (
    error instanceof QueryFailedError ? error.driverError : error
  ) as NodeJS.ErrnoException | null;
  // Not every driver's errors are instances of this program's Error.
  if (typeof cause?.message !== "string") return null;
  // One for each address of a host name.
  const { errors } = cause as { errors?: unknown };
  if (Array.isArray(errors)) return explainDatabaseFailure(errors[0]);
  if (isBusy(cause))
    return "The database is locked by another process. Wait until it is done and start again.";
  const facts: Facts = { code: String(cause.code ?? ""), message: cause.message };
  const text = facts.code ? `${facts.code} ${facts.message}` : facts.message;
  const found = explanations.find(([pattern]) => pattern.test(text))?.[1];
  if (found) return typeof found === "string" ? found : found(facts);
  if (isTlsFailure(cause)) return `TLS to PostgreSQL failed (${facts.message}). ${TLS_FIX}.`;
  return null;
}
