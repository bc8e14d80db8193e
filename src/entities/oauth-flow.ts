import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Session } from "./session.ts";

/** An OAuth redirect flow that was started and not completed. Nonce and PKCE verifier are derived from the state. */
@Entity("oauth_flows")
@Index("oauth_flows_session", ["sessionId"])
@Index("oauth_flows_expires", ["expiresAt"])
export class OAuthFlow {
  /** SHA-256 of the state, base64url. */
  @PrimaryColumn({ type: "varchar" })
  stateHash: string;

  @Column({ type: "varchar" })
  provider: string;

  /** A fingerprint of the provider's settings at the start: if a deployment changes them, the flow is invalid. */
  @Column({ type: "varchar" })
  settingsFingerprint: string;

  @Column({ type: "varchar" })
  redirectUri: string;

  /** The session to link to; null for a login. */
  @Column({ type: "varchar", nullable: true })
  sessionId: string | null;

  @ManyToOne(() => Session, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "session_id", foreignKeyConstraintName: "oauth_flows_session_fk" })
  session?: Relation<Session>;

  @TimeColumn()
  expiresAt: Date;
}
