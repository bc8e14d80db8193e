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

  /** The `sub` of its access tokens; null where a merge may have changed it, and in rows from before this column. */
  @Column({ type: "varchar", nullable: true })
  userId: string | null;

  /** null where `userId` is. */
  @TimeColumn({ nullable: true })
  createdAt: Date | null;
}
