/** What a resolver gets: the services, who is calling, and loaders that live as long as the request. */
import DataLoader from "dataloader";
import type { Logger } from "pino";
import type { Deployments } from "../deployments/deployments.ts";
import type { Identity } from "../entities/identity.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import type { AdminKeys } from "../identity/admin-keys.ts";
import { listApiKeys } from "../identity/api-keys.ts";
import type { OAuthServices } from "../identity/oauth-flows.ts";
import { type Authentication, type Caller, listSessions, type Origin } from "../identity/sessions.ts";
import type { SigningKeys } from "../identity/signing-keys.ts";
import type { OwnedApiKey } from "../identity/stored-api-keys.ts";
import { findUser, listFormerIds, listIdentities } from "../identity/users.ts";

export interface Services extends OAuthServices {
  readonly log: Logger;
  readonly deployments: Deployments;
  readonly signingKeys: SigningKeys;
  readonly adminKeys: AdminKeys;
}

export interface GraphContext {
  readonly services: Services;
  /** null when no access token came with the request. */
  readonly caller: Caller | null;
  /** The name of the admin key that came with the request; null when none did. */
  readonly admin: string | null;
  readonly origin: Origin;
  readonly loaders: Loaders;
  /** Users and sessions that this request may see as their own: the caller's, and those it has just logged in. */
  readonly own: { readonly userIds: Set<string>; readonly sessionIds: Set<string> };
}

export interface Loaders {
  readonly users: DataLoader<string, User | null>;
  readonly identities: DataLoader<string, Identity[]>;
  readonly sessions: DataLoader<string, Session[]>;
  readonly apiKeys: DataLoader<string, OwnedApiKey[]>;
  readonly formerIds: DataLoader<string, string[]>;
}

export function createContext(
  services: Services,
  request: { caller: Caller | null; admin: string | null; origin: Origin },
): GraphContext {
  const { caller } = request;
  return {
    ...request,
    services,
    loaders: createLoaders(services),
    own: {
      userIds: new Set(caller ? [caller.user.id] : []),
      sessionIds: new Set(caller ? [caller.session.id] : []),
    },
  };
}

/** What a login gave back may be seen by who logged in. */
export function reveal(context: GraphContext, authentication: Authentication): Authentication {
  context.own.userIds.add(authentication.user.id);
  context.own.sessionIds.add(authentication.session.id);
  reload(context, authentication.user);
  return authentication;
}

/** Forgets what was loaded of a user before it changed: a document may hold several mutations. */
export function reload<Changed extends User>({ loaders }: GraphContext, user: Changed): Changed {
  for (const loader of Object.values(loaders) as DataLoader<string, unknown>[]) loader.clear(user.id);
  loaders.users.prime(user.id, user);
  return user;
}

/** @throws PasserbyError UNAUTHENTICATED when nobody is signed in */
export function requireCaller({ caller }: GraphContext): Caller {
  if (!caller) throw new PasserbyError("UNAUTHENTICATED", { message: "Nobody is signed in. Log in first." });
  return caller;
}

function createLoaders(services: Services): Loaders {
  const { reads } = services;
  const grouped =
    <Row, Value>(
      list: (userIds: readonly string[]) => Promise<Row[]>,
      owner: (row: Row) => string,
      value: (row: Row) => Value,
    ) =>
    async (userIds: readonly string[]): Promise<Value[][]> => {
      const rows = await list(userIds);
      return userIds.map((userId) => rows.filter((row) => owner(row) === userId).map(value));
    };
  return {
    users: new DataLoader((ids) => Promise.all(ids.map((id) => findUser(reads, id)))),
    identities: new DataLoader(
      grouped(
        (ids) => listIdentities(reads, ids),
        (row) => row.userId,
        (row) => row,
      ),
    ),
    sessions: new DataLoader(
      grouped(
        (ids) => listSessions(services, ids),
        (row) => row.userId,
        (row) => row,
      ),
    ),
    apiKeys: new DataLoader(
      grouped(
        (ids) => listApiKeys(reads, ids),
        (row) => row.identity.userId,
        (row) => row,
      ),
    ),
    formerIds: new DataLoader(
      grouped(
        (ids) => listFormerIds(reads, ids),
        (row) => row.userId,
        (row) => row.id,
      ),
    ),
  };
}
