import type { EntityManager } from "typeorm";
import { hashSecret } from "../encryption.ts";
import { Erasure as StoredErasure } from "../entities/erasure.ts";
import { PurgeReceipt } from "../entities/purge-receipt.ts";

/** What the person who deleted their account may know: no address, and nothing about the user. */
export interface Erasure {
  readonly requestedAt: Date;
  /** The endpoints that must confirm, in a fixed order. */
  readonly endpoints: readonly { readonly description: string | null; readonly confirmedAt: Date | null }[];
  /** Whether all of them have. */
  readonly isComplete: boolean;
}

/** @param id as `deleteMe` returned it. @returns null when it is not such an id, or was purged */
export async function findErasure(reads: EntityManager, id: string): Promise<Erasure | null> {
  const stored = await reads.findOneBy(StoredErasure, { hash: hashSecret(id) });
  if (!stored) return null;
  const receipts = await reads.find(PurgeReceipt, {
    where: { eventId: stored.eventId },
    order: { id: "ASC" },
  });
  return {
    requestedAt: stored.requestedAt,
    endpoints: receipts.map(({ endpointDescription, receivedAt }) => ({
      description: endpointDescription,
      confirmedAt: receivedAt,
    })),
    isComplete: receipts.every(({ receivedAt }) => receivedAt !== null),
  };
}
