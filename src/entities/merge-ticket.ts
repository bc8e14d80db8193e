import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";
import { Session } from "./session.ts";

/** A single-use permission to merge the anonymous user of one session into the owner of one identity. */
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

  /** The provider that verified the caller; null where it is that of the identity. They differ where one email has both. */
  @Column({ type: "varchar", nullable: true })
  provider: string | null;

  /** A fingerprint of the provider's settings at the verification: if a deployment changes them, the ticket is invalid. */
  @Column({ type: "varchar" })
  settingsFingerprint: string;

  /** Whether the verification counts as a recent login, as `Session.countsAsRecent`. */
  @Column({ type: "boolean", default: true })
  countsAsRecent: boolean;

  @TimeColumn()
  expiresAt: Date;
}
