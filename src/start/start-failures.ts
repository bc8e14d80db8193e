/** Explains why the program cannot start, and how to fix it. */
import { explainDatabaseFailure } from "../database/explain-failure.ts";
import { NewerDatabaseError } from "../database/migrate.ts";
import { PasserbyError } from "../errors.ts";
import { WrongMasterKeyError } from "../identity/tokens/key-pairs.ts";
import { SettingsError } from "../settings/settings.ts";
import { StartError } from "./start-error.ts";

/** The database of a command does not exist. */
export class NoDatabaseError extends StartError {
  override readonly name = "NoDatabaseError";
  constructor(file: string) {
    super(
      `There is no database at ${file}. Set DATABASE_URL to that of the gateway, or create the database with: passerby migrate`,
    );
  }
}

/** The gateway cannot listen on its address. */
export class ListenError extends StartError {
  override readonly name = "ListenError";
  constructor(
    cause: unknown,
    { host, port, setting = "PORT" }: { host: string; port: number; setting?: "PORT" | "METRICS_PORT" },
  ) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMain = setting === "PORT";
    const another = isMain ? "set PORT to another port" : "set METRICS_PORT to another port or to off";
    super(
      code === "EADDRINUSE"
        ? `Port ${port} is in use by another program. Stop that program, or ${another}.`
        : /^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EINVAL)$/.test(String(code))
          ? `This machine does not have the address ${host}. Set ${isMain ? "HOST" : setting} to 127.0.0.1, 0.0.0.0 or an address of this machine.`
          : code === "EACCES"
            ? `This user has no permission to listen on port ${port}. Set ${setting} to 1024 or higher.`
            : `Cannot listen on ${host}, port ${port} (${code}). Check HOST and ${setting}.`,
      { cause },
    );
  }
}

export function explainFailure(error: unknown): string {
  const hasOwnMessage =
    error instanceof SettingsError ||
    error instanceof NewerDatabaseError ||
    error instanceof StartError ||
    error instanceof WrongMasterKeyError;
  const isClientError =
    error instanceof PasserbyError && !(error.code === "SERVICE_UNAVAILABLE" && error.cause);
  if (hasOwnMessage || isClientError) return (error as Error).message;
  const cause = error instanceof PasserbyError ? error.cause : error;
  const explained = explainDatabaseFailure(cause);
  if (explained) return explained;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
