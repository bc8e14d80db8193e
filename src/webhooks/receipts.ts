/** Purge receipts: which endpoints confirmed that they purged or moved the data of a user whose row is gone. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager, SelectQueryBuilder } from "typeorm";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { countRows, execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { PurgeReceipt } from "../entities/purge-receipt.ts";
import { leastId } from "../ids.ts";
import { jsonOf, NoAnswerError } from "../network/outgoing-request.ts";
import { isStorable } from "../text/storable-text.ts";

/** OUTSTANDING: not received yet. OVERDUE: not received within a week. */
export type ReceiptState = "OUTSTANDING" | "RECEIVED" | "OVERDUE";

const OVERDUE_DAYS = 7;
const MAX_RECEIPT_BYTES = 1_024;

/** The `receipt` of an answer's JSON body; null for other bodies, and for one that is longer than 1 kB. */
export function readReceipt(bytes: Buffer | null): string | null {
  if (!bytes) return null;
  try {
    const body = jsonOf({ bytes });
    const receipt = body && typeof body === "object" ? (body as { receipt?: unknown }).receipt : null;
    if (typeof receipt !== "string" || !isStorable(receipt)) return null;
    return Buffer.byteLength(receipt) <= MAX_RECEIPT_BYTES ? receipt : null;
  } catch (error) {
    if (error instanceof NoAnswerError) return null;
    throw error;
  }
}

/** A receipt that was not received by then is overdue. */
export const dueAt = ({ requestedAt }: Pick<PurgeReceipt, "requestedAt">): Date =>
  secondsAfter(requestedAt, OVERDUE_DAYS * DAY_SECONDS);

const overdueBefore = (now: Date): Date => secondsAfter(now, -OVERDUE_DAYS * DAY_SECONDS);

export const receiptState = (
  receipt: Pick<PurgeReceipt, "receivedAt" | "requestedAt">,
  now: Date,
): ReceiptState => {
  if (receipt.receivedAt) return "RECEIVED";
  return dueAt(receipt) <= now ? "OVERDUE" : "OUTSTANDING";
};

const inState: Readonly<
  Record<ReceiptState, (query: SelectQueryBuilder<PurgeReceipt>, before: number) => unknown>
> = {
  RECEIVED: (query) => query.andWhere("receipt.receivedAt IS NOT NULL"),
  OUTSTANDING: (query, before) =>
    query.andWhere("receipt.receivedAt IS NULL AND receipt.requestedAt > :before", { before }),
  OVERDUE: (query, before) =>
    query.andWhere("receipt.receivedAt IS NULL AND receipt.requestedAt <= :before", { before }),
};

export interface ReceiptQuery {
  /** The user that is gone, the guest of a merge, or its survivor; null for all. */
  readonly userId: string | null;
  readonly endpointId: string | null;
  readonly state: ReceiptState | null;
  readonly newestFirst: boolean;
  /** The id that the page begins after; "" for the first page. */
  readonly after: string;
  readonly limit: number;
}

export async function listReceipts(
  { reads, clock }: { reads: EntityManager; clock: Clock },
  { userId, endpointId, state, newestFirst, after, limit }: ReceiptQuery,
): Promise<PurgeReceipt[]> {
  const query = reads
    .createQueryBuilder(PurgeReceipt, "receipt")
    .orderBy("receipt.id", newestFirst ? "DESC" : "ASC");
  if (after) query.where(`receipt.id ${newestFirst ? "<" : ">"} :after`, { after });
  if (endpointId) query.andWhere("receipt.endpointId = :endpointId", { endpointId });
  if (userId) query.andWhere("(receipt.userId = :userId OR receipt.formerUserId = :userId)", { userId });
  if (state) inState[state](query, +overdueBefore(clock.now()));
  return query.limit(limit).getMany();
}

/** How many receipts are owed, at most MAX_COUNTED each; those that are overdue are not among the outstanding ones. */
export async function countOwedReceipts({
  reads,
  clock,
}: {
  reads: EntityManager;
  clock: Clock;
}): Promise<{ outstanding: number; overdue: number }> {
  const before = +overdueBefore(clock.now());
  const count = (age: string): Promise<number> =>
    countRows(reads, `FROM purge_receipts WHERE received_at IS NULL AND requested_at ${age} ?`, [before]);
  return { outstanding: await count(">"), overdue: await count("<=") };
}

const BATCH = 500;
const purges = {
  receipts: `DELETE FROM purge_receipts WHERE id IN (SELECT id FROM purge_receipts WHERE id < ? ORDER BY id LIMIT ${BATCH})`,
  erasures: `DELETE FROM erasures WHERE hash IN (SELECT hash FROM erasures WHERE requested_at < ? LIMIT ${BATCH})`,
};

/** Deletes receipts and erasures that were requested more than `days` ago. */
export async function purgeReceipts(
  { writes, clock }: { writes: Writes; clock: Clock },
  days: number,
): Promise<void> {
  const before = secondsAfter(clock.now(), -days * DAY_SECONDS);
  const purge = async (sql: string, limit: unknown): Promise<void> => {
    while ((await writes.transaction((manager) => execute(manager, sql, [limit]))) === BATCH)
      await nextTurn();
  };
  await purge(purges.receipts, leastId(before));
  await purge(purges.erasures, +before);
}
