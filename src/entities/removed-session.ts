import { Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** A session whose row went with its user or its identity, kept while access tokens of it may not have expired. */
@Entity("removed_sessions")
@Index("removed_sessions_ended", ["endedAt"])
export class RemovedSession {
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @TimeColumn()
  endedAt: Date;
}
