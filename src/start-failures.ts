/** Why the program will not start, in a sentence that names the fix. */
import { isBusy, isUnavailable } from "./database/failures.ts";
import { NewerDatabaseError } from "./database/migrate.ts";
import { PasserbyError } from "./errors.ts";
import { WrongMasterKeyError } from "./identity/key-pairs.ts";
import { SettingsError } from "./settings.ts";
import { StartError } from "./start-error.ts";

/** A command that would have to make the database that it was to work on. */
export class NoDatabaseError extends StartError {
  override readonly name = "NoDatabaseError";
  constructor(file: string) {
    super(`There is no database at ${file}. Set DATABASE_URL to the gateway's, or start the gateway once.`);
  }
}

/** The address to listen on is none, or taken. */
export class ListenError extends StartError {
  override readonly name = "ListenError";
  constructor(
    cause: unknown,
    { host, port, setting = "PORT" }: { host: string; port: number; setting?: "PORT" | "METRICS_PORT" },
  ) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMain = setting === "PORT";
    const another = isMain ? "set PORT to another number" : "set METRICS_PORT to another, or to off";
    super(
      code === "EADDRINUSE"
        ? `Port ${port} is in use. Stop the other program, or ${another}.`
        : /^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EINVAL)$/.test(String(code))
          ? `This machine has no address ${host}. Set ${isMain ? "HOST" : setting} to 127.0.0.1, 0.0.0.0 or one of its own.`
          : code === "EACCES"
            ? `This user may not listen on port ${port}. Set ${setting} to 1024 or more.`
            : `Listening on ${host}, port ${port}, failed (${code}).`,
      { cause },
    );
  }
}

export function explainFailure(error: unknown): string {
  const isOurs =
    error instanceof SettingsError ||
    error instanceof NewerDatabaseError ||
    error instanceof StartError ||
    error instanceof WrongMasterKeyError;
  const isRefusal = error instanceof PasserbyError && !(error.code === "SERVICE_UNAVAILABLE" && error.cause);
  if (isOurs || isRefusal) return (error as Error).message;
  const cause = error instanceof PasserbyError ? error.cause : error;
  const { code = "", message = "" } = (cause ?? {}) as { code?: string; message?: string };
  const text = `${code} ${message}`;
  if (/EACCES|EPERM/.test(text))
    return `Permission denied: ${message}. Check who owns the file, or choose another DATABASE_URL.`;
  if (/SQLITE_NOTADB/.test(text))
    return "The database file is not a SQLite database. Set DATABASE_URL to another file.";
  if (/SQLITE_READONLY|attempt to write a readonly/.test(text))
    return "The database file is read-only. Make it and its folder writable for this user, or set DATABASE_URL to another file.";
  if (/SQLITE_FULL|ENOSPC/.test(text))
    return "The disk of the database is full. Free some space and start again.";
  if (/SQLITE_CANTOPEN|unable to open/.test(text))
    return "The database file cannot be opened. Check that its folder exists and is writable.";
  if (isBusy(cause))
    return "The database is locked by another process. Wait until it is done and start again.";
  if (/28P01|28000/.test(text)) return "PostgreSQL refuses the user or the password in DATABASE_URL.";
  if (/3D000/.test(text)) return "The database named in DATABASE_URL does not exist. Create it first.";
  if (isUnavailable(cause) || (cause instanceof AggregateError && isUnavailable(cause.errors[0]))) {
    return `The database cannot be reached (${code || message}). Check DATABASE_URL and that the server runs.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
