import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";

/** In the place of a hash while there is no password, as that of a user from elsewhere: nothing matches it. */
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

  /** In its canonical form; in another where two accounts turned out to be one mailbox. */
  @Column({ type: "varchar" })
  email: string;

  /** As its owner typed it; null where that is the same, or was never known. Nothing is looked up by it. */
  @Column({ type: "varchar", nullable: true })
  typedEmail: string | null;

  /** Argon2id in PHC string format, or NO_PASSWORD. */
  @Column({ type: "varchar" })
  passwordHash: string;

  @TimeColumn()
  createdAt: Date;

  /** An email that only has pending registrations: no password, no identity, and no login. */
  @Column({ type: "boolean", default: false })
  isPending: boolean;

  /** When the email was confirmed; null if it was not. */
  @TimeColumn({ nullable: true })
  confirmedAt: Date | null;

  /**
   * Whether the user's other sign-in methods are known to be of the owner of the mailbox: the one who confirmed it was signed in
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
