import { type Logger, pino } from "pino";

/** Not the statement and parameters of a database error, which contain emails and password hashes. */
const LOGGED_FIELDS = ["type", "message", "stack", "code", "name"] as const;

/** An error for the log, without personal data. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const described = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  return Object.fromEntries(
    LOGGED_FIELDS.flatMap((key) => (key in described ? [[key, described[key]]] : [])),
  );
}

/** JSON lines on standard output. */
export const createLog = (level: string): Logger =>
  pino({
    level,
    serializers: { err: describeError },
    redact: [
      "req.headers.authorization",
      "req.headers.cookie",
      "req.headers.dpop",
      "*.password",
      "*.accessToken",
      "*.refreshToken",
      "*.secret",
    ],
  });
