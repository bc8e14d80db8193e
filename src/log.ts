import { type Logger, pino } from "pino";

/** What a database error also holds: the statement and its parameters, among them e-mails and password hashes. */
const KEPT = ["type", "message", "stack", "code", "name"] as const;

/** An error for the log, without what it carries of people. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const described = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  return Object.fromEntries(KEPT.flatMap((key) => (key in described ? [[key, described[key]]] : [])));
}

/** JSON lines on standard output. */
export const createLog = (level: string): Logger =>
  pino({
    level,
    serializers: { err: describeError },
    redact: ["req.headers.authorization", "*.password", "*.accessToken", "*.refreshToken", "*.secret"],
  });
