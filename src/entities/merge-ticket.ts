import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";
import { Session } from "./session.ts";

/** The right to merge the anonymous user of one session into the owner of one identity, once. */
@Entity("merge_tickets")
@Index("merge_tickets_session", ["sessionId"])
@Index("merge_tickets_identity", ["identityId"])
@Index("merge_tickets_expires", ["expiresAt"])
export class MergeTicket {
  /** SHA-256 of the ticket, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  @Column({ type: "varchar" })
  sessionId: string;

  @ManyToOne(() => Session, { onDelete: "CASCADE" })
  @JoinColumn({ name: "session_id", foreignKeyConstraintName: "merge_tickets_session_fk" })
  session?: Relation<Session>;

  @Column({ type: "varchar" })
  identityId: string;

  @ManyToOne(() => Identity, { onDelete: "CASCADE" })
  @JoinColumn({ name: "identity_id", foreignKeyConstraintName: "merge_tickets_identity_fk" })
  identity?: Relation<Identity>;

  /** Of the settings that the identity was verified under: after a deployment that changes them it must be verified again. */
  @Column({ type: "varchar" })
  settingsFingerprint: string;

  @TimeColumn()
  expiresAt: Date;
}
