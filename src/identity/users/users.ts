/** Users: finding by id or former id, disabling, deleting. login/ creates them; user-list.ts lists them. */

import { randomBytes } from "node:crypto";
import { type EntityManager, In, IsNull, Not } from "typeorm";
import type { Facts } from "../../audit/audit.ts";
import { recordFailures } from "../../audit/record-failures.ts";
import { execute } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { FormerUserId } from "../../entities/former-user-id.ts";
import { Identity } from "../../entities/identity.ts";
import { Passkey } from "../../entities/passkey.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PendingRegistration } from "../../entities/pending-registration.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { userDeleted, userDisabled } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { isIndexable } from "../../text/storable-text.ts";
import { deleteUsers } from "../revocation/deletions.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import { lockUser } from "../sessions/lock-user.ts";
import { type Caller, requireRecentLogin, type SessionServices } from "../sessions/sessions.ts";

/** Finds users by current or former ids, in the order of the ids; two reads at most. */
export async function findUsers(reads: EntityManager, ids: readonly string[]): Promise<(User | null)[]> {
  // A text that cannot be stored is not an id, and would fail the statement on PostgreSQL.
  const possible = ids.filter(isIndexable);
  const users = await findByIds(reads, possible);
  const others = possible.filter((id) => !users.has(id));
  const former =
    others.length > 0
      ? await reads.find(FormerUserId, { where: { id: In(others) }, relations: { user: true } })
      : [];
  const survivorOf = new Map(former.map(({ id, user }) => [id, user]));
  return ids.map((id) => users.get(id) ?? survivorOf.get(id) ?? null);
}

async function findByIds(reads: EntityManager, ids: readonly string[]): Promise<Map<string, User>> {
  const users = ids.length > 0 ? await reads.findBy(User, { id: In(ids) }) : [];
  return new Map(users.map((user) => [user.id, user]));
}

/** Finds a user by its current or a former id. */
export async function findUser(reads: EntityManager, id: string): Promise<User | null> {
  const [user] = await findUsers(reads, [id]);
  return user ?? null;
}

/** @throws PasserbyError USER_NOT_FOUND */
export async function getUser(reads: EntityManager, id: string): Promise<User> {
  const user = await findUser(reads, id);
  if (!user) throw new PasserbyError("USER_NOT_FOUND");
  return user;
}

/** @param most how many in total; one more is returned when there are more */
export function listIdentities(
  reads: EntityManager,
  userIds: readonly string[],
  most?: number,
): Promise<Identity[]> {
  return reads
    .createQueryBuilder(Identity, "identity")
    .where("identity.userId IN (:...userIds)", { userIds })
    .orderBy("identity.createdAt")
    .addOrderBy("identity.id")
    .limit(most && most + 1)
    .getMany();
}

/** Passkeys by identity id. */
export async function findPasskeys(
  reads: EntityManager,
  identityIds: readonly string[],
): Promise<Map<string, Passkey>> {
  const passkeys = identityIds.length > 0 ? await reads.findBy(Passkey, { identityId: In(identityIds) }) : [];
  return new Map(passkeys.map((passkey) => [passkey.identityId, passkey]));
}

/** Emails as users typed them, by identity id; only those that differ from the stored form. */
export async function findTypedEmails(
  reads: EntityManager,
  identities: readonly Identity[],
): Promise<Map<string, string>> {
  const ids = identities.filter(({ email }) => email !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const where = { identityId: In(ids), typedEmail: Not(IsNull()) };
  const found: { identityId: string | null; typedEmail: string | null }[] = await reads.findBy(
    PasswordCredential,
    where,
  );
  // An unconfirmed link does not belong to the credential yet.
  if (identities.some(({ email, canSignIn }) => email !== null && !canSignIn)) {
    found.push(...(await reads.findBy(PendingRegistration, where)));
  }
  return new Map(found.map(({ identityId, typedEmail }) => [String(identityId), String(typedEmail)]));
}

/** @param most how many in total; one more is returned when there are more */
export function listFormerIds(
  reads: EntityManager,
  userIds: readonly string[],
  most: number,
): Promise<FormerUserId[]> {
  return reads
    .createQueryBuilder(FormerUserId, "former")
    .where("former.userId IN (:...userIds)", { userIds })
    .orderBy("former.mergedAt")
    .limit(most + 1)
    .getMany();
}

const disabledFacts = ({ id, disabled }: { id: string; disabled: boolean }): Facts => ({
  action: disabled ? "USER_DISABLED" : "USER_ENABLED",
  userId: id,
});

/** Disables or enables a user; the tokens of a disabled user get USER_DISABLED. @throws PasserbyError USER_NOT_FOUND */
export const setUserDisabled = recordFailures(
  disabledFacts,
  (
    services: SessionServices,
    context: RequestContext,
    { id, disabled }: { id: string; disabled: boolean },
  ): Promise<User> =>
    changeUser(services, id, async (manager, user) => {
      const locked = await lockUser(manager, user.id);
      if (!locked) return null;
      const disabledAt = disabled ? (locked.disabledAt ?? services.clock.now()) : null;
      await execute(manager, "UPDATE users SET disabled_at = ? WHERE id = ?", [
        disabledAt && +disabledAt,
        locked.id,
      ]);
      const isChange = (locked.disabledAt !== null) !== disabled;
      await recordEvents(manager, services, context, userDisabled(locked, { disabled, isChange }));
      return Object.assign(locked, { disabledAt });
    }),
);

/** Deletes a user with everything that belongs to it. @returns its id @throws PasserbyError USER_NOT_FOUND */
export const deleteUser = recordFailures(
  ({ id }: { id: string }): Facts => ({ action: "USER_DELETED", userId: id }),
  (services: SessionServices, context: RequestContext, { id }: { id: string }): Promise<string> =>
    changeUser(services, id, async (manager, user) => {
      // Locked first: whether it is anonymous may change until then.
      const locked = await lockUser(manager, user.id);
      if (!locked) return null;
      await deleteUsers(manager, services, context, {
        ids: [locked.id],
        eventOf: (each) => userDeleted(each),
      });
      return locked.id;
    }),
);

/** Marks 256 random bits: anyone who has them may follow the erasure. */
const ERASURE_PREFIX = "pbe_";

/**
 * Deletes the caller, but never a user that the caller was merged into meanwhile.
 * @returns also the id by which the person follows the erasure
 * @throws PasserbyError UNAUTHENTICATED, USER_DISABLED, REAUTHENTICATION_REQUIRED
 */
export function deleteCaller(
  services: SessionServices,
  context: RequestContext,
  { caller }: { caller: Caller },
): Promise<{ id: string; erasureId: string }> {
  const erasureId = ERASURE_PREFIX + randomBytes(32).toString("base64url");
  return services.writes.transaction(async (manager) => {
    const locked = await lockCaller(manager, caller);
    // Checked under the lock: the caller may have become a permanent user since the request began.
    requireRecentLogin(services, locked);
    await deleteUsers(manager, services, context, {
      ids: [locked.user.id],
      eventOf: (user) => userDeleted(user, hashSecret(erasureId)),
    });
    return { id: locked.user.id, erasureId };
  });
}

/**
 * Changes the user of an id or a former id.
 * @param change returns null when that user was deleted or merged meanwhile
 */
function changeUser<T>(
  { writes }: SessionServices,
  id: string,
  change: (manager: EntityManager, user: User) => Promise<T | null>,
): Promise<T> {
  return writes.transaction(async (manager) => {
    for (;;) {
      const changed = await change(manager, await getUser(manager, id));
      if (changed !== null) return changed;
    }
  });
}
