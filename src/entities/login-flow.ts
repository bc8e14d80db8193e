import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Session } from "./session.ts";

/** What a flow ends in: a redirect in its code; a challenge in a new credential, or in a known one; an email in its code or link. */
export type LoginFlowKind = "redirect" | "registration" | "login" | "email";

/** The first of two steps of a login or link, and not yet the second. */
@Entity("login_flows")
@Index("login_flows_session", ["sessionId"])
@Index("login_flows_expires", ["expiresAt"])
@Index("login_flows_email", ["email", "provider"], { unique: true, where: "email IS NOT NULL" })
export class LoginFlow {
  /** SHA-256 of the state, the challenge, or the token of the link, base64url. */
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

  /** The address that was sent a code and a link, which has no other; null for other kinds. */
  @Column({ type: "varchar", nullable: true })
  email: string | null;

  /** HMAC-SHA-256 of the code, base64url: without the key, six digits cannot be guessed from it. */
  @Column({ type: "varchar", nullable: true })
  codeHash: string | null;

  /** How many codes were tried. */
  @Column({ type: "integer", default: 0 })
  tries: number;

  /** The session to link to; null for a login. */
  @Column({ type: "varchar", nullable: true })
  sessionId: string | null;

  @ManyToOne(() => Session, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "session_id", foreignKeyConstraintName: "login_flows_session_fk" })
  session?: Relation<Session>;

  @TimeColumn()
  expiresAt: Date;
}
