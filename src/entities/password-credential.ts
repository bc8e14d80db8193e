import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";

/** Stored in place of a hash if there is no password, as for imported users. No password matches it. */
export const NO_PASSWORD = "none";

/** A registered email and password. It has no user until the first login or link gives it an identity. */
@Entity("password_credentials")
@Index("password_credentials_email", ["email"], { unique: true })
@Index("password_credentials_identity", ["identityId"])
@Index("password_credentials_pending", ["createdAt"], { where: "is_pending" })
export class PasswordCredential {
  /** The subject of its identity, so that a changed email changes nothing else. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  /** In canonical form, except if two accounts had the same canonical form when it was introduced. */
  @Column({ type: "varchar" })
  email: string;

  /** As the user typed it; null if that is the same or unknown. Not used for lookups. */
  @Column({ type: "varchar", nullable: true })
  typedEmail: string | null;

  /** Argon2id in PHC string format, or NO_PASSWORD. */
  @Column({ type: "varchar" })
  passwordHash: string;

  @TimeColumn()
  createdAt: Date;

  /** Whether the email has pending registrations only: no password, no identity, no login. */
  @Column({ type: "boolean", default: false })
  isPending: boolean;

  /** When the email was confirmed; null if it was not. */
  @TimeColumn({ nullable: true })
  confirmedAt: Date | null;

  /**
   * Whether the user's other sign-in methods are known to belong to the owner of the mailbox: the email was confirmed while signed in
   * as that user, or a reset has looked at them. Others that are older than the confirmation end with a reset.
   */
  @Column({ type: "boolean", default: true })
  isVouchedFor: boolean;

  @Column({ type: "varchar", nullable: true })
  identityId: string | null;

  @ManyToOne(() => Identity, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "identity_id", foreignKeyConstraintName: "password_credentials_identity_fk" })
  identity?: Relation<Identity>;
}
