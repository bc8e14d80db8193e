/** Cursors: where a page of a list ended, as an opaque text (GraphQL Cursor Connections Specification). */
import { PasserbyError } from "../errors.ts";

export const encodeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

/** @throws PasserbyError BAD_USER_INPUT when it is not a valid cursor */
export function decodeCursor<Position>(
  cursor: string,
  isPosition: (value: unknown) => value is Position,
): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (isPosition(position)) return position;
  } catch {}
  throw new PasserbyError("BAD_USER_INPUT", { message: "`after` must be a cursor from an earlier page." });
}
