import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** A session whose row went with its user or its identity, kept while access tokens of it may not have expired. */
@Entity("removed_sessions")
@Index("removed_sessions_ended", ["endedAt"])
export class RemovedSession {
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
