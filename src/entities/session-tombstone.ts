import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** A session whose row was deleted with its user or identity; stored until its access tokens have expired. */
@Entity("session_tombstones")
@Index("session_tombstones_ended", ["endedAt"])
export class SessionTombstone {
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @TimeColumn()
  endedAt: Date;

  /** The `sub` of its access tokens; null if unknown after a merge, and in old rows. */
  @Column({ type: "varchar", nullable: true })
  userId: string | null;

  /** null if `userId` is null. */
  @TimeColumn({ nullable: true })
  createdAt: Date | null;
}
