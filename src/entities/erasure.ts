import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** The deletion of an account by its user, who follows it with a secret id. Outlives the user. */
@Entity("erasures")
@Index("erasures_requested", ["requestedAt"])
export class Erasure {
  /** SHA-256 of the id that `deleteMe` returned, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  /** The `user.deleted` event, whose receipts belong to it. */
  @Column({ type: "varchar" })
  eventId: string;

  @TimeColumn()
  requestedAt: Date;
}
