import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Session } from "./session.ts";

/** What a flow ends in: a redirect in its code; a challenge in a new credential, or in a known one. */
export type LoginFlowKind = "redirect" | "registration" | "login";

/** The first of two steps of a login or link, and not yet the second. */
@Entity("login_flows")
@Index("login_flows_session", ["sessionId"])
@Index("login_flows_expires", ["expiresAt"])
export class LoginFlow {
  /** SHA-256 of the state or challenge, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  @Column({ type: "varchar" })
  kind: LoginFlowKind;

  @Column({ type: "varchar" })
  provider: string;

  /** A fingerprint of the provider's settings at the start: if a deployment changes them, the flow is invalid. */
  @Column({ type: "varchar" })
  settingsFingerprint: string;

  /** What the second step needs of the first: the URI of a redirect, the name for a new credential. */
  @Column({ type: "varchar", nullable: true })
  input: string | null;

  /** The session to link to; null for a login. */
  @Column({ type: "varchar", nullable: true })
  sessionId: string | null;

  @ManyToOne(() => Session, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "session_id", foreignKeyConstraintName: "login_flows_session_fk" })
  session?: Relation<Session>;

  @TimeColumn()
  expiresAt: Date;
}
