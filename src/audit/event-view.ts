import type { AuditActorKind, AuditEvent } from "../entities/audit-event.ts";
import type { AuditAction } from "./actions.ts";

/** An event as it is shown everywhere: in the admin graph, in the export, on the command line. */
export interface AuditEventFacts {
  readonly id: string;
  readonly at: Date;
  readonly action: AuditAction;
  readonly outcome: "DONE" | "FAILED";
  readonly code: string | null;
  readonly actor: {
    readonly kind: AuditActorKind;
    readonly name: string | null;
    readonly userId: string | null;
  };
  readonly userId: string | null;
  readonly provider: string | null;
  readonly target: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly detail: Record<string, unknown> | null;
}

export function viewEvent({ actor, actorKind, action, code, ...event }: AuditEvent): AuditEventFacts {
  const isUser = actorKind === "USER";
  return {
    id: event.id,
    at: event.at,
    action: action as AuditAction,
    outcome: code === null ? "DONE" : "FAILED",
    code,
    actor: { kind: actorKind, name: isUser ? null : actor, userId: isUser ? actor : null },
    userId: event.userId,
    provider: event.provider,
    target: event.target,
    ipAddress: event.ipAddress,
    userAgent: event.userAgent,
    detail: event.detail,
  };
}
