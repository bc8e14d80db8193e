import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/**
 * An endpoint owes this for a user that was deleted, expired or merged: the confirmation that it purged or moved the
 * user's data. Inserted in the transaction of the deletion, without foreign keys, because it outlives user, event and
 * endpoint.
 */
@Entity("purge_receipts")
@Index("purge_receipts_event", ["eventId", "endpointId"])
@Index("purge_receipts_user", ["userId"])
@Index("purge_receipts_former_user", ["formerUserId"], { where: "former_user_id IS NOT NULL" })
@Index("purge_receipts_outstanding", ["requestedAt"], { where: "received_at IS NULL" })
export class PurgeReceipt {
  /** A UUIDv7. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  eventId: string;

  @Column({ type: "varchar" })
  eventType: string;

  @Column({ type: "varchar" })
  endpointId: string;

  /** The endpoint's description at that time: shown to the person instead of its address. */
  @Column({ type: "varchar", nullable: true })
  endpointDescription: string | null;

  /** The deleted or expired user; the survivor of a merge. */
  @Column({ type: "varchar" })
  userId: string;

  /** The anonymous user that was merged; null otherwise. */
  @Column({ type: "varchar", nullable: true })
  formerUserId: string | null;

  @TimeColumn()
  requestedAt: Date;

  @TimeColumn({ nullable: true })
  receivedAt: Date | null;

  /** What the endpoint answered as `receipt`, 1 kB at most; null when it answered without one. */
  @Column({ type: "text", nullable: true })
  receipt: string | null;
}
