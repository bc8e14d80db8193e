/** Who makes a request, and from where: the second argument of every rule. */
import type { ClientInfo } from "./client-info.ts";
import type { AuditActorKind } from "./entities/audit-event.ts";

export interface Actor {
  readonly kind: AuditActorKind;
  /** An operator's name or a user's id; null for visitors and the gateway itself. */
  readonly name: string | null;
}

/** A verified proof that the client has a private key (DPoP, RFC 9449), made for this request. */
export interface KeyProof {
  /** Of the public key (RFC 7638). */
  readonly thumbprint: string;
  /** A hash of the key and the proof's `jti`. */
  readonly id: string;
  /** `htu`: the URL that it was made for. */
  readonly url: string;
  readonly issuedAtSeconds: number;
  /** `ath`: of the access token that it was made for; null for none. */
  readonly accessTokenHash: string | null;
}

export interface RequestContext {
  readonly actor: Actor;
  readonly client: ClientInfo;
  /** Absent or null when none came with the request. */
  readonly proof?: KeyProof | null;
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
