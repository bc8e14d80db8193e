/** Loaders for the fields of users, batched per request. */
import DataLoader from "dataloader";
import type { Identity } from "../entities/identity.ts";
import type { Passkey } from "../entities/passkey.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import { listApiKeys } from "../identity/api-keys/api-keys.ts";
import type { OwnedApiKey } from "../identity/api-keys/stored-api-keys.ts";
import { listSessions, listSessionsAfter } from "../identity/sessions/session-list.ts";
import type { SessionServices } from "../identity/sessions/sessions.ts";
import { exportUser } from "../identity/users/export-user.ts";
import { findPasskeys, findUsers, listFormerIds, listIdentities } from "../identity/users/users.ts";
import { requestBudget } from "../request-budget.ts";

/** The number of entities that a router may request at once; fits into one statement on both databases. */
export const MAX_AT_ONCE = 1_000;

/** A page of one user's sessions; null for the first one. */
export interface SessionPage {
  readonly first: number;
  readonly after: string | null;
}

type LoaderServices = Pick<SessionServices, "reads" | "clock">;

/** Created on first use: most requests load nothing. */
export class Loaders {
  readonly #services: LoaderServices;
  #users?: DataLoader<string, User | null>;
  #identities?: DataLoader<string, Identity[]>;
  #passkeys?: DataLoader<string, Passkey | null>;
  /** One loader for each page size. */
  #sessions?: Map<number, DataLoader<string, Session[]>>;
  #apiKeys?: DataLoader<string, OwnedApiKey[]>;
  #formerIds?: DataLoader<string, string[]>;
  #exports?: DataLoader<string, Record<string, unknown>>;

  constructor(services: LoaderServices) {
    this.#services = services;
  }

  get users(): DataLoader<string, User | null> {
    const { reads } = this.#services;
    this.#users ??= new DataLoader((ids) => findUsers(reads, ids), { maxBatchSize: MAX_AT_ONCE });
    return this.#users;
  }

  get identities(): DataLoader<string, Identity[]> {
    const { reads } = this.#services;
    this.#identities ??= perUser({
      list: (ids) => listIdentities(reads, ids, MAX_ROWS),
      owner: (row) => row.userId,
      value: (row) => row,
    });
    return this.#identities;
  }

  /** By identity id; null for identities of other providers. */
  get passkeys(): DataLoader<string, Passkey | null> {
    const { reads } = this.#services;
    this.#passkeys ??= new DataLoader(
      async (identityIds) => {
        const found = await findPasskeys(reads, identityIds);
        return identityIds.map((id) => found.get(id) ?? null);
      },
      { maxBatchSize: MAX_AT_ONCE },
    );
    return this.#passkeys;
  }

  /** Everything about a user; read once per request, however many aliases ask for it. */
  get exports(): DataLoader<string, Record<string, unknown>> {
    this.#exports ??= new DataLoader((ids) => Promise.all(ids.map((id) => exportUser(this.#services, id))));
    return this.#exports;
  }

  /** @throws PasserbyError BAD_USER_INPUT when `after` is not a session of that user */
  async sessionsOf(userId: string, { first, after }: SessionPage): Promise<Session[]> {
    if (after !== null) return listSessionsAfter(this.#services, userId, { first, after });
    this.#sessions ??= new Map();
    let loader = this.#sessions.get(first);
    if (!loader) {
      loader = perUser({
        list: (ids) => listSessions(this.#services, ids, { first, most: MAX_ROWS }),
        owner: (row) => row.userId,
        value: (row) => row,
      });
      this.#sessions.set(first, loader);
    }
    return loader.load(userId);
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
      list: (ids) => listFormerIds(reads, ids, MAX_ROWS),
      owner: (row) => row.userId,
      value: (row) => row.id,
    });
    return this.#formerIds;
  }

  /** Clears what was loaded of a user before a change: a document may contain several mutations. */
  reload(user: User): void {
    const loaded = [
      this.#users,
      this.#identities,
      this.#apiKeys,
      this.#formerIds,
      ...(this.#sessions?.values() ?? []),
    ];
    for (const loader of loaded) loader?.clear(user.id);
    this.users.prime(user.id, user);
  }
}

/** Each is at least one value of a response, so more would exceed its limit. */
const MAX_ROWS = requestBudget.answerValues;

/** @param list returns `MAX_ROWS` + 1 rows if there are more than `MAX_ROWS` */
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
    if (rows.length > MAX_ROWS) throw new PasserbyError("ANSWER_TOO_LARGE");
    const values = new Map<string, Value[]>(userIds.map((userId) => [userId, []]));
    for (const row of rows) values.get(owner(row))?.push(value(row));
    return userIds.map((userId) => values.get(userId) ?? []);
  });
}
