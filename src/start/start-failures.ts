/** Why the program will not start, in a sentence that names the fix. */
import { explainDatabaseFailure } from "../database/explain-failure.ts";
import { NewerDatabaseError } from "../database/migrate.ts";
import { PasserbyError } from "../errors.ts";
import { WrongMasterKeyError } from "../identity/tokens/key-pairs.ts";
import { SettingsError } from "../settings/settings.ts";
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
  const explained = explainDatabaseFailure(cause);
  if (explained) return explained;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
