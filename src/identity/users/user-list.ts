/**
 * The list of users, newest first, cheap per page with millions of users: a condition that few users match is evaluated
 * first, by its index; otherwise users are scanned from the newest in windows, between which other requests get their turn.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager, SelectQueryBuilder } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { byteOrder, select } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { User } from "../../entities/user.ts";
import { emailBeginning } from "../../text/email-address.ts";
import type { IdentityPolicy } from "../policy.ts";
import { findUser } from "./users.ts";

export interface UserQuery {
  /** The current or a former id. */
  readonly id?: string | null;
  readonly provider?: string | null;
  readonly isAnonymous?: boolean | null;
  readonly disabled?: boolean | null;
  readonly createdFrom?: Date | null;
  readonly createdBefore?: Date | null;
  /** Anonymous users that expire before this time. */
  readonly expiresBefore?: Date | null;
  /** How the email begins, in any spelling. */
  readonly email?: string | null;
  /** Users with a sign-in method of this provider, and none of the others. */
  readonly onlySignInMethod?: { readonly provider: string; readonly others: readonly string[] } | null;
}

/** Where a page begins: after this user, in order of creation. */
export interface UserCursor {
  readonly createdAt: number;
  readonly id: string;
}

interface Lister {
  readonly reads: EntityManager;
  readonly policy: Pick<IdentityPolicy, "anonymousUserDays">;
}

/** Up to this many matching users are fetched by id and sorted. */
const FEW = 1_000;
/** Users scanned by one statement: some ten milliseconds. */
const WINDOW = 10_000;

/** @returns up to `limit` users after the cursor, newest first */
export async function listUsers(
  lister: Lister,
  { query, after, limit }: { query: UserQuery; after: UserCursor | null; limit: number },
): Promise<User[]> {
  const { reads } = lister;
  const few = await findFew(reads, query);
  const select = (from: UserCursor | null, to: UserCursor | null): SelectQueryBuilder<User> => {
    const builder = filterUsers(lister, query);
    if (few) builder.andWhere(few.length > 0 ? "user.id IN (:...few)" : "1 = 0", { few });
    // Row values use one range of the index; the same with OR would scan it from its beginning.
    if (from) builder.andWhere("(user.createdAt, user.id) < (:fromTime, :fromId)", named("from", from));
    if (to) builder.andWhere("(user.createdAt, user.id) >= (:toTime, :toId)", named("to", to));
    return builder.orderBy("user.createdAt", "DESC").addOrderBy("user.id", "DESC");
  };
  // Disabled users have an index of their own, in this order.
  if (few || query.disabled || !isSelective(query)) return select(after, null).limit(limit).getMany();

  const found: User[] = [];
  for (let from = after; ; ) {
    const to = await findWindowEnd(lister, query, from);
    found.push(
      ...(await select(from, to)
        .limit(limit - found.length)
        .getMany()),
    );
    if (found.length >= limit || !to) return found;
    // The end of the window was included.
    from = to;
    await nextTurn();
  }
}

const named = (name: string, { createdAt, id }: UserCursor): Record<string, unknown> => ({
  [`${name}Time`]: createdAt,
  [`${name}Id`]: id,
});

export function countUsers(lister: Lister, query: UserQuery): Promise<number> {
  return filterUsers(lister, query).getCount();
}

const isSelective = ({ provider, email, onlySignInMethod, isAnonymous }: UserQuery): boolean =>
  Boolean(provider || email || onlySignInMethod || isAnonymous === false);

/** The last user of the next window; null when there are fewer users left. */
async function findWindowEnd(
  lister: Lister,
  query: UserQuery,
  from: UserCursor | null,
): Promise<UserCursor | null> {
  const { createdFrom, createdBefore, expiresBefore } = query;
  const builder = filterUsers(lister, { createdFrom, createdBefore, expiresBefore });
  if (from) builder.andWhere("(user.createdAt, user.id) < (:fromTime, :fromId)", named("from", from));
  const [end] = await builder
    .select(["user.id", "user.createdAt"])
    .orderBy("user.createdAt", "DESC")
    .addOrderBy("user.id", "DESC")
    .offset(WINDOW)
    .limit(1)
    .getMany();
  return end ? { createdAt: +end.createdAt, id: end.id } : null;
}

/** The ids of the users that match the most selective condition; null when every condition matches many. */
async function findFew(reads: EntityManager, query: UserQuery): Promise<string[] | null> {
  const { id, email, provider, onlySignInMethod } = query;
  if (id) {
    const user = await findUser(reads, id);
    return user ? [user.id] : [];
  }
  const probes: [string, unknown[]][] = [];
  if (email) {
    const column = byteOrder(reads, "email");
    probes.push([`email IS NOT NULL AND ${column} >= ? AND ${column} < ?`, emailRange(email)]);
  }
  if (onlySignInMethod) probes.push(losingAccessCondition(onlySignInMethod));
  if (provider) probes.push(["provider = ?", [provider]]);
  for (const [condition, parameters] of probes) {
    const rows = await select<{ user_id: string }>(
      reads,
      `SELECT user_id FROM identities i WHERE ${condition} LIMIT ${FEW + 1}`,
      parameters,
    );
    if (rows.length <= FEW) return [...new Set(rows.map((row) => row.user_id))];
  }
  return null;
}

/** All emails with this prefix, as a range in byte order. */
function emailRange(beginning: string): [string, string] {
  const from = emailBeginning(beginning);
  return [from, `${from}\u{10FFFF}`];
}

/** SQL for users with a sign-in method of one provider, and none of the others; shared by the list and the count. */
export function losingAccessCondition({
  provider,
  others,
}: {
  provider: string;
  others: readonly string[];
}): [string, unknown[]] {
  const hasNoOther =
    others.length === 0
      ? ""
      : ` AND NOT EXISTS (SELECT 1 FROM identities o WHERE o.user_id = i.user_id AND o.can_sign_in AND o.provider IN (${others.map(() => "?").join(", ")}))`;
  return [`i.can_sign_in AND i.provider = ?${hasNoOther}`, [provider, ...others]];
}

function filterUsers({ reads, policy }: Lister, query: UserQuery): SelectQueryBuilder<User> {
  const builder = reads.createQueryBuilder(User, "user").where("1 = 1");
  const { id, provider, isAnonymous, disabled, createdFrom, createdBefore, expiresBefore, email } = query;
  if (id) {
    const former = "SELECT former.user_id FROM former_user_ids former WHERE former.id = :id";
    builder.andWhere(`(user.id = :id OR user.id IN (${former}))`, { id });
  }
  if (isAnonymous != null) builder.andWhere(isAnonymous ? "user.isAnonymous" : "NOT user.isAnonymous");
  if (disabled != null) builder.andWhere(`user.disabledAt IS ${disabled ? "NOT NULL" : "NULL"}`);
  if (createdFrom) builder.andWhere("user.createdAt >= :createdFrom", { createdFrom: +createdFrom });
  if (createdBefore) builder.andWhere("user.createdAt < :createdBefore", { createdBefore: +createdBefore });
  if (expiresBefore) {
    const createdUntil = +secondsAfter(expiresBefore, -policy.anonymousUserDays * DAY_SECONDS);
    builder.andWhere("user.isAnonymous AND user.createdAt < :createdUntil", { createdUntil });
  }
  if (provider) builder.andWhere(hasIdentity(builder, "identity.provider = :provider"), { provider });
  if (email) {
    const column = byteOrder(reads, "identity.email");
    const [emailFrom, emailTo] = emailRange(email);
    builder.andWhere(hasIdentity(builder, `${column} >= :emailFrom AND ${column} < :emailTo`), {
      emailFrom,
      emailTo,
    });
  }
  if (query.onlySignInMethod) {
    const { provider: only, others } = query.onlySignInMethod;
    builder.andWhere(hasIdentity(builder, "identity.canSignIn AND identity.provider = :only"), { only });
    const hasOther = hasIdentity(builder, "identity.canSignIn AND identity.provider IN (:...others)");
    if (others.length > 0) builder.andWhere(`NOT ${hasOther}`, { others });
  }
  return builder;
}

function hasIdentity(builder: SelectQueryBuilder<User>, condition: string): string {
  const identities = builder.subQuery().select("1").from(Identity, "identity");
  return `EXISTS ${identities.where(`identity.userId = user.id AND ${condition}`).getQuery()}`;
}
