/** What the fields of users load, batched over a request. */
import DataLoader from "dataloader";
import type { Identity } from "../entities/identity.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { listApiKeys } from "../identity/api-keys.ts";
import { listSessions, type SessionServices } from "../identity/sessions.ts";
import type { OwnedApiKey } from "../identity/stored-api-keys.ts";
import { findUsers, listFormerIds, listIdentities } from "../identity/users.ts";

/** As many as a router may ask for at once; a statement has room for them on either database. */
export const MOST_AT_ONCE = 1_000;

type LoaderServices = Pick<SessionServices, "reads" | "clock">;

/** Each is made when a field first needs it: most requests load nothing. */
export class Loaders {
  readonly #services: LoaderServices;
  #users?: DataLoader<string, User | null>;
  #identities?: DataLoader<string, Identity[]>;
  #sessions?: DataLoader<string, Session[]>;
  #apiKeys?: DataLoader<string, OwnedApiKey[]>;
  #formerIds?: DataLoader<string, string[]>;

  constructor(services: LoaderServices) {
    this.#services = services;
  }

  get users(): DataLoader<string, User | null> {
    const { reads } = this.#services;
    this.#users ??= new DataLoader((ids) => findUsers(reads, ids), { maxBatchSize: MOST_AT_ONCE });
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

  get apiKeys(): DataLoader<string, OwnedApiKey[]> {
    const { reads } = this.#services;
    this.#apiKeys ??= perUser({
      list: (ids) => listApiKeys(reads, ids),
      owner: (row) => row.identity.userId,
      value: (row) => row,
    });
    return this.#apiKeys;
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

  /** What was loaded of a user before it changed is loaded again: a document may hold several mutations. */
  reload(user: User): void {
    const loaded = [this.#users, this.#identities, this.#sessions, this.#apiKeys, this.#formerIds];
    for (const loader of loaded) loader?.clear(user.id);
    this.users.prime(user.id, user);
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
    const values = new Map<string, Value[]>(userIds.map((userId) => [userId, []]));
    for (const row of rows) values.get(owner(row))?.push(value(row));
    return userIds.map((userId) => values.get(userId) ?? []);
  });
}
