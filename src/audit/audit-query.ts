/** The filters of an audit export, as text: in a URL and on the command line. */
import { z } from "zod";
import { PasserbyError } from "../errors.ts";
import { type AuditAction, auditActions } from "./actions.ts";
import type { AuditQuery } from "./list-events.ts";

const names = Object.keys(auditActions) as [AuditAction, ...AuditAction[]];
const time = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text));
/** PostgreSQL rejects NUL, but only after the response has started. */
const some = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^\0]*$/, "has a character that cannot be stored");

const filters = z.strictObject({
  action: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(names)))
    .optional(),
  actor: some.optional(),
  actorKind: z.enum(["USER", "OPERATOR", "SYSTEM", "VISITOR"]).optional(),
  userId: some.optional(),
  provider: some.optional(),
  outcome: z.enum(["DONE", "FAILED"]).optional(),
  code: some.optional(),
  from: time.optional(),
  before: time.optional(),
});

/** @throws PasserbyError BAD_USER_INPUT naming the invalid filter */
export function parseAuditQuery(given: unknown): AuditQuery {
  const { data, error } = filters.safeParse(given);
  if (!data) {
    const problems = error.issues.map(({ path, message }) =>
      [path.join("."), message].filter(Boolean).join(": "),
    );
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `Invalid filters: ${problems.join("; ")}. Available filters: ${Object.keys(filters.shape).join(", ")}.`,
    });
  }
  const { action, outcome, ...query } = data;
  return { ...query, actions: action ?? null, failed: outcome ? outcome === "FAILED" : null };
}
