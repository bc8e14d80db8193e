import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

/**
 * A domain event for subscribers, stored in the transaction that made it happen. Rows have no foreign keys, because they
 * outlive their users, and for the same reason hold no email and no profile.
 */
@Entity("events")
@Index("events_position", ["position"], { where: "position IS NOT NULL" })
@Index("events_without_position", ["id"], { where: "position IS NULL" })
@Index("events_user", ["userId"])
@Index("events_former_user", ["formerUserId"], { where: "former_user_id IS NOT NULL" })
export class Event {
  /** `evt_` and a UUIDv7; the `webhook-id` of every delivery. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  type: string;

  @TimeColumn()
  at: Date;

  @Column({ type: "varchar" })
  userId: string;

  /** The anonymous user that a merge ended; null for other types. */
  @Column({ type: "varchar", nullable: true })
  formerUserId: string | null;

  @JsonColumn()
  data: Record<string, unknown>;

  /** The place in the log, assigned after the commit, so that readers with a cursor skip nothing; null until then. */
  @Column({ type: "bigint", nullable: true })
  position: number | string | null;
}
