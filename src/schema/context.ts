/** The context of resolvers: services, caller, and loaders of this request. */
import type { ClientInfo } from "../client-info.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import type { Authentication, Caller } from "../identity/sessions/sessions.ts";
import {
  type Actor,
  type KeyProof,
  operatorContext,
  type RequestContext,
  userContext,
  visitorContext,
} from "../request-context.ts";
import type { Services } from "../services.ts";
import { AnswerBudget } from "./answer-budget.ts";
import { Loaders } from "./loaders.ts";
import type { SessionCookie } from "./session-cookie.ts";

export interface GraphContext extends RequestContext {
  readonly services: Services;
  /** null when no access token came with the request. */
  readonly caller: Caller | null;
  /** The name of the admin key that came with the request; null when none did. */
  readonly admin: string | null;
  /** Whether a server API key came with the request. */
  readonly isServer: boolean;
  /** Where the refresh token goes; null when it is sent in the answer. */
  readonly sessionCookie: SessionCookie | null;
  readonly loaders: Loaders;
  /** What the answer may still hold. */
  readonly answer: AnswerBudget;
  /** Users and sessions that this request may see as their own: the caller's, and those it has just logged in. */
  readonly own: { readonly userIds: string[]; readonly sessionIds: string[] };
}

export function createContext(
  services: Services,
  request: {
    caller: Caller | null;
    admin: string | null;
    isServer?: boolean;
    client: ClientInfo;
    sessionCookie?: SessionCookie | null;
    proof?: KeyProof | null;
  },
): GraphContext {
  const { caller, admin, isServer = false, client, sessionCookie = null, proof = null } = request;
  // Field by field, since every request has one: spreading objects costs a microsecond.
  return {
    actor: actorOf(request),
    client,
    proof,
    services,
    caller,
    admin,
    isServer,
    sessionCookie,
    loaders: new Loaders(services),
    answer: new AnswerBudget(),
    own: {
      userIds: caller ? [caller.user.id] : [],
      sessionIds: caller ? [caller.session.id] : [],
    },
  };
}

function actorOf({
  caller,
  admin,
  client,
}: {
  caller: Caller | null;
  admin: string | null;
  client: ClientInfo;
}): Actor {
  if (admin !== null) return operatorContext(admin, client).actor;
  return (caller ? userContext(caller.user.id, client) : visitorContext(client)).actor;
}

/** What a login gave back may be seen by who logged in. */
export function reveal(context: GraphContext, authentication: Authentication): Authentication {
  context.own.userIds.push(authentication.user.id);
  context.own.sessionIds.push(authentication.session.id);
  reload(context, authentication.user);
  return authentication;
}

/** A user that a mutation has changed: what is loaded of it later in the document is what is true now. */
export function reload<Changed extends User>({ loaders }: GraphContext, user: Changed): Changed {
  loaders.reload(user);
  return user;
}

/** @throws PasserbyError UNAUTHENTICATED without an access token */
export function requireCaller({ caller }: GraphContext): Caller {
  if (!caller)
    throw new PasserbyError("UNAUTHENTICATED", { message: "Authentication required. Log in first." });
  return caller;
}
