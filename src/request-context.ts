/** Who makes a request, and from where: the second argument of every rule. */
import type { ClientInfo } from "./client-info.ts";
import type { AuditActorKind } from "./entities/audit-event.ts";

export interface Actor {
  readonly kind: AuditActorKind;
  /** An operator's name or a user's id; null for visitors and the gateway itself. */
  readonly name: string | null;
}

export interface RequestContext {
  readonly actor: Actor;
  readonly client: ClientInfo;
}

/** The gateway itself, such as when it expires users. */
export const systemContext: RequestContext = {
  actor: { kind: "SYSTEM", name: null },
  client: { ipAddress: null, userAgent: null },
};

/** A request without credentials. */
export const visitorContext = (client: ClientInfo): RequestContext => ({
  actor: { kind: "VISITOR", name: null },
  client,
});

export const userContext = (userId: string, client: ClientInfo): RequestContext => ({
  actor: { kind: "USER", name: userId },
  client,
});

export const operatorContext = (name: string, client: ClientInfo): RequestContext => ({
  actor: { kind: "OPERATOR", name },
  client,
});
