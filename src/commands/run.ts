/** Shared by the commands: opening the core, reading files, and output as text or JSON. */
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { pino } from "pino";
import { type Core, openCore, readAllSettings } from "../core.ts";
import { keptFile } from "../database/data-source.ts";
import { PasserbyError } from "../errors.ts";
import { operatorContext, type RequestContext } from "../request-context.ts";
import { readEnvironment } from "../settings/environment.ts";
import { NoDatabaseError } from "../start/start-failures.ts";
import { decodeText } from "../text/decode-text.ts";
import { parseJson } from "../text/read-json.ts";

/**
 * Opens the database of DATABASE_URL, runs the work and closes the database.
 * @param options.mayCreate whether a missing database is created. Otherwise, with DATABASE_URL not set, a command would
 *   work on a new, empty one
 * @throws NoDatabaseError
 */
export async function withCore<T>(
  work: (core: Core) => Promise<T>,
  { mayCreate = false }: { mayCreate?: boolean } = {},
): Promise<T> {
  const settings = readAllSettings(readEnvironment());
  const file = keptFile(settings.databaseUrl);
  const isNew = file !== null && !existsSync(file);
  if (isNew && !mayCreate) throw new NoDatabaseError(file);
  const core = await openCore({ settings, log: pino({ level: "silent" }), isCommand: true });
  try {
    if (isNew) process.stderr.write(`Created the database ${file}\n`);
    if (core.newAdminKey && file !== null) process.stderr.write(`${adminKeyLine(core.newAdminKey, file)}\n`);
    return await work(core);
  } finally {
    await core.services.audit.flush();
    await core.close();
  }
}

/** The key itself only on a terminal: other output may be stored in logs. */
const adminKeyLine = (key: string, file: string): string =>
  process.stderr.isTTY
    ? `Admin key: ${key} (not shown again; stored in ${file}.admin-key)`
    : `Admin key: stored in ${file}.admin-key`;

/** The operator of the command, as deployments and audit events name it. */
export const commandContext = (): RequestContext =>
  operatorContext(`${userInfo().username} (command line)`, { ipAddress: null, userAgent: null });

export interface OutputOptions {
  readonly json?: boolean;
}

/** The text of a file; - is standard input. @throws PasserbyError BAD_USER_INPUT */
export function readInput(file: string): string {
  const unreadable = (reason: string | undefined): PasserbyError =>
    new PasserbyError("BAD_USER_INPUT", { message: `${file} cannot be read: ${reason}.` });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unreadable(code === "ENOENT" ? "the file does not exist" : code);
  }
  const text = decodeText(bytes);
  if (text === null) throw unreadable("it is not UTF-8 or UTF-16. Save it as UTF-8");
  return text;
}

/** @throws PasserbyError BAD_USER_INPUT unless the file is a JSON object */
export function readJsonObject(file: string): Record<string, unknown> {
  const text = readInput(file);
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {}
  throw new PasserbyError("BAD_USER_INPUT", { message: `${file} must be a JSON object, such as {}.` });
}

/** Prints one JSON document with `--json`, otherwise the lines. */
export function print(value: unknown, options: OutputOptions, lines: readonly string[]): void {
  process.stdout.write(
    options.json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(""),
  );
}

/** A hint on standard error, so that standard output has the result alone; none with `--json`. */
export function notice(line: string, options: OutputOptions): void {
  if (!options.json) process.stderr.write(`${line}\n`);
}

/** Replaces control characters: text of a file must not send escape sequences to the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
export const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");

const CELL = 16;

/** Shortens a name, so that a row with an id fits into 80 columns. */
export const clip = (name: string): string => (name.length > CELL ? `${name.slice(0, CELL - 1)}…` : name);

/** Columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => (cell instanceof Date ? cell.toISOString() : String(cell ?? "–"))),
  );
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** After a list that was cut at `limit`. @param max what `--limit` may be at most */
export const moreLine = (limit: number, max: number): string =>
  `There are more. --limit ${Math.min(limit * 10, max)} shows up to that many.`;

/** A progress bar on standard error, if that is a terminal. */
export function createProgress(label: string): { update(done: number, total: number): void; end(): void } {
  const isTerminal = process.stderr.isTTY === true;
  return {
    update(done, total) {
      if (!isTerminal) return;
      const share = total === 0 ? 1 : done / total;
      const bar = "█".repeat(Math.round(share * 24)).padEnd(24, "░");
      process.stderr.write(`\r${label} ${bar} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`);
    },
    end() {
      if (isTerminal) process.stderr.write("\r\u001b[2K");
    },
  };
}
