/** What every command shares: an open core, and output for people or for programs. */
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { pino } from "pino";
import { actAs } from "../audit/act-as.ts";
import { type Acting, SYSTEM } from "../audit/audit.ts";
import { type Core, openCore, readAllSettings } from "../core.ts";
import { keptFile } from "../database/data-source.ts";
import { PasserbyError } from "../errors.ts";
import { readEnvironment } from "../settings/environment.ts";
import { NoDatabaseError } from "../start/start-failures.ts";
import { decodeText } from "../text/decode-text.ts";
import { parseJson } from "../text/read-json.ts";

/**
 * Opens the database that the environment names, runs the work and closes it.
 * @param options.mayCreate whether a database that is not there is made; else a forgotten DATABASE_URL would end in
 *   a command that works on an empty one
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
    if (isNew) process.stderr.write(`A new database: ${file}\n`);
    if (core.newAdminKey && file !== null) process.stderr.write(`${sayAdminKey(core.newAdminKey, file)}\n`);
    return await work({ ...core, services: actAs(core.services, commandLine()) });
  } finally {
    await core.services.audit.flush();
    await core.close();
  }
}

/** The key itself for people only: what programs start is logged. */
const sayAdminKey = (key: string, file: string): string =>
  process.stderr.isTTY ? `Admin key, shown this once: ${key}` : `Admin key: in ${file}.admin-key`;

const commandLine = (): Acting => ({ ...SYSTEM, kind: "OPERATOR", name: operator() });

/** Who a deployment from the command line is by. */
export const operator = (): string => `${userInfo().username} (command line)`;

export interface OutputOptions {
  readonly json?: boolean;
}

/** A file's text; - is standard input. @throws PasserbyError BAD_USER_INPUT saying why it cannot be read */
export function readInput(file: string): string {
  const unreadable = (reason: string | undefined): PasserbyError =>
    new PasserbyError("BAD_USER_INPUT", { message: `${file} cannot be read: ${reason}.` });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unreadable(code === "ENOENT" ? "there is no such file" : code);
  }
  const text = decodeText(bytes);
  if (text === null) throw unreadable("it is not text in UTF-8 or UTF-16. Save it as UTF-8");
  return text;
}

/** @throws PasserbyError BAD_USER_INPUT when it holds no JSON object */
export function readJsonObject(file: string): Record<string, unknown> {
  const text = readInput(file);
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {}
  throw new PasserbyError("BAD_USER_INPUT", { message: `${file} needs a JSON object, such as {}.` });
}

/** One JSON document for programs, or lines for people. */
export function print(value: unknown, options: OutputOptions, lines: readonly string[]): void {
  process.stdout.write(
    options.json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(""),
  );
}

/** For whoever looks on, and not for whatever takes what is printed. */
export function notice(line: string, options: OutputOptions): void {
  if (!options.json) process.stderr.write(`${line}\n`);
}

/** What a file says must not command a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");

const CELL = 16;

/** A name that leaves room beside an id on a line of 80. */
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

/** A progress line that redraws itself while a terminal watches, and is silent otherwise. */
export function createProgress(label: string): { update(done: number, total: number): void; end(): void } {
  const isWatched = process.stderr.isTTY === true;
  return {
    update(done, total) {
      if (!isWatched) return;
      const share = total === 0 ? 1 : done / total;
      const bar = "█".repeat(Math.round(share * 24)).padEnd(24, "░");
      process.stderr.write(`\r${label} ${bar} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`);
    },
    end() {
      if (isWatched) process.stderr.write("\r\u001b[2K");
    },
  };
}
