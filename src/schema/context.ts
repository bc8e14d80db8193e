/** What a resolver gets: the services, who is calling, and loaders that live as long as the request. */
import DataLoader from "dataloader";
import type { Logger } from "pino";
import type { Deployments } from "../deployments/deployments.ts";
import type { Identity } from "../entities/identity.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import type { AdminKeys } from "../identity/admin-keys.ts";
import type { LoginServices } from "../identity/login.ts";
import { type Authentication, type Caller, listSessions, type Origin } from "../identity/sessions.ts";
import type { SigningKeys } from "../identity/signing-keys.ts";
import { findUser, listFormerIds, listIdentities } from "../identity/users.ts";

export interface Services extends LoginServices {
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

export function createContext(
  services: Services,
  request: { caller: Caller | null; admin: string | null; origin: Origin },
): GraphContext {
  const { caller } = request;
  return {
    ...request,
    services,
    loaders: new Loaders(services),
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
  context.loaders.users.prime(authentication.user.id, authentication.user);
  return authentication;
}

/** @throws PasserbyError UNAUTHENTICATED when nobody is signed in */
export function requireCaller({ caller }: GraphContext): Caller {
  if (!caller) throw new PasserbyError("UNAUTHENTICATED", { message: "Nobody is signed in. Log in first." });
  return caller;
}

/** Each is made when a field first needs it: most requests load nothing. */
export class Loaders {
  readonly #services: Services;
  #users?: DataLoader<string, User | null>;
  #identities?: DataLoader<string, Identity[]>;
  #sessions?: DataLoader<string, Session[]>;
  #formerIds?: DataLoader<string, string[]>;

  constructor(services: Services) {
    this.#services = services;
  }

  get users(): DataLoader<string, User | null> {
    const { reads } = this.#services;
    this.#users ??= new DataLoader((ids) => Promise.all(ids.map((id) => findUser(reads, id))));
    return this.#users;
  }

  get identities(): DataLoader<string, Identity[]> {
    const { reads } = this.#services;
    this.#identities ??= perUser({
      list: (ids) => listIdentities(reads, ids),
      owner: (row) => row.userId,
      value: (row) => row,
    });
    return this.#identities;
  }

  get sessions(): DataLoader<string, Session[]> {
    this.#sessions ??= perUser({
      list: (ids) => listSessions(this.#services, ids),
      owner: (row) => row.userId,
      value: (row) => row,
    });
    return this.#sessions;
  }

  get formerIds(): DataLoader<string, string[]> {
    const { reads } = this.#services;
    this.#formerIds ??= perUser({
      list: (ids) => listFormerIds(reads, ids),
      owner: (row) => row.userId,
      value: (row) => row.id,
    });
    return this.#formerIds;
  }
}

function perUser<Row, Value>({
  list,
  owner,
  value,
}: {
  list: (userIds: readonly string[]) => Promise<Row[]>;
  owner: (row: Row) => string;
  value: (row: Row) => Value;
}): DataLoader<string, Value[]> {
  return new DataLoader(async (userIds) => {
    const rows = await list(userIds);
    return userIds.map((userId) => rows.filter((row) => owner(row) === userId).map(value));
  });
}
