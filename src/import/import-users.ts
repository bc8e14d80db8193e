/**
 * Stores imported users in batches. Existing users are not changed, so an interrupted import can be run again from the
 * beginning.
 */
import { type EntityManager, In } from "typeorm";
import { insertRows } from "../database/insert-rows.ts";
import { retryOnRace } from "../database/retry-on-race.ts";
import type { Writes } from "../database/writes.ts";
import { FormerUserId } from "../entities/former-user-id.ts";
import { Identity } from "../entities/identity.ts";
import { PasswordCredential } from "../entities/password-credential.ts";
import { User } from "../entities/user.ts";
import { usersImported } from "../events/domain-events.ts";
import { type EventServices, recordEvents } from "../events/record-events.ts";
import type { RequestContext } from "../request-context.ts";
import type { ImportedUser } from "./imported-users.ts";

/** `IMPORTED`, `PRESENT` (from an earlier run), or why it cannot be imported. */
export type ImportOutcome = "IMPORTED" | "PRESENT" | { readonly conflict: string };

interface Services extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
}

/**
 * @param options.dryRun makes the same decisions without storing anything
 * @returns a function that stores a batch in one transaction and returns the outcome of each user, in order
 */
export function createImporter(
  services: Services,
  context: RequestContext,
  { dryRun }: { dryRun: boolean },
): (planned: readonly ImportedUser[]) => Promise<ImportOutcome[]> {
  const pretended: Present = { userIds: new Set(), identities: new Set(), emails: new Set() };
  return async (planned) => {
    if (planned.length === 0) return [];
    if (dryRun) return decide(planned, [await findPresent(services.reads, planned), pretended]);
    return storeNew(services, context, planned);
  };
}

const storeNew = (
  services: Services,
  context: RequestContext,
  planned: readonly ImportedUser[],
): Promise<ImportOutcome[]> =>
  retryOnRace(() =>
    services.writes.transaction(async (manager) => {
      const outcomes = decide(planned, [await findPresent(manager, planned)]);
      const chosen = planned.filter((_, index) => outcomes[index] === "IMPORTED");
      if (chosen.length === 0) return outcomes;
      await store(manager, chosen);
      const users = chosen.map(({ user, identities }) => ({
        user,
        provider: identities[0]?.provider ?? "",
        wasGuest: identities.some((each) => each.provider === "anon-user"),
      }));
      await recordEvents(manager, services, context, usersImported(users));
      return outcomes;
    }),
  );

interface Present {
  readonly userIds: Set<string>;
  /** By provider and subject, and by id, because an anonymous identity has the user's id. */
  readonly identities: Set<string>;
  readonly emails: Set<string>;
}

const keysOf = ({ id, provider, subject }: Identity): string[] => [`${provider} ${subject}`, `id ${id}`];

async function findPresent(reads: EntityManager, planned: readonly ImportedUser[]): Promise<Present> {
  const ids = planned.map(({ user }) => user.id);
  const subjects = new Map<string, string[]>();
  for (const { provider, subject } of planned.flatMap(({ identities }) => identities)) {
    subjects.set(provider, [...(subjects.get(provider) ?? []), subject]);
  }
  const emails = planned.flatMap(({ credentials }) => credentials.map(({ email }) => email));
  const users = await reads.find(User, { select: { id: true }, where: { id: In(ids) } });
  const former = await reads.find(FormerUserId, { select: { id: true }, where: { id: In(ids) } });
  const identities = await reads.find(Identity, {
    select: { id: true, provider: true, subject: true },
    where: [
      ...[...subjects].map(([provider, given]) => ({ provider, subject: In(given) })),
      { id: In(subjects.get("anon-user") ?? []) },
    ],
  });
  const credentials = await reads.find(PasswordCredential, {
    select: { id: true, email: true },
    where: { email: In(emails) },
  });
  return {
    userIds: new Set([...users, ...former].map(({ id }) => id)),
    identities: new Set(identities.flatMap(keysOf)),
    emails: new Set(credentials.map(({ email }) => email)),
  };
}

/** In order: of two users with the same id or identity, the first is imported. Its ids and identities are added to `present`. */
function decide(planned: readonly ImportedUser[], present: readonly Present[]): ImportOutcome[] {
  const has = (set: keyof Present, value: string): boolean => present.some((each) => each[set].has(value));
  const last = present.at(-1);
  return planned.map(({ user, identities, credentials }): ImportOutcome => {
    if (has("userIds", user.id)) return "PRESENT";
    const identity = identities.find((each) => keysOf(each).some((key) => has("identities", key)));
    if (identity)
      return { conflict: `its identity of ${identity.provider}, ${identity.subject}, is another user's` };
    const email = credentials.find((each) => has("emails", each.email))?.email;
    if (email) return { conflict: `its email ${email} is already registered` };
    last?.userIds.add(user.id);
    for (const key of identities.flatMap(keysOf)) last?.identities.add(key);
    for (const each of credentials) last?.emails.add(each.email);
    return "IMPORTED";
  });
}

async function store(manager: EntityManager, planned: readonly ImportedUser[]): Promise<void> {
  await insertRows(manager, { entity: User, rows: planned.map(({ user }) => user) });
  await insertRows(manager, { entity: Identity, rows: planned.flatMap(({ identities }) => identities) });
  await insertRows(manager, {
    entity: PasswordCredential,
    rows: planned.flatMap(({ credentials }) => credentials),
  });
}
