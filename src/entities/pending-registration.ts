import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";
import { PasswordCredential } from "./password-credential.ts";

/** How long one is stored after its last email. */
export const PENDING_DAYS = 7;

/**
 * A password that was chosen for an email and waits for the confirmation. There may be several for one email,
 * each with its own email; the first that is confirmed becomes the credential, and the others are deleted.
 */
@Entity("pending_registrations")
@Index("pending_registrations_credential", ["credentialId"])
@Index("pending_registrations_identity", ["identityId"])
@Index("pending_registrations_expires", ["expiresAt"])
export class PendingRegistration {
  @PrimaryColumn({ type: "varchar" })
  id: string;

  /** The credential that gets the password. */
  @Column({ type: "varchar" })
  credentialId: string;

  @ManyToOne(() => PasswordCredential, { onDelete: "CASCADE" })
  @JoinColumn({ name: "credential_id", foreignKeyConstraintName: "pending_registrations_credential_fk" })
  credential?: Relation<PasswordCredential>;

  /** The email as it was typed; null if that is the canonical form. */
  @Column({ type: "varchar", nullable: true })
  typedEmail: string | null;

  /** Argon2id in PHC string format. */
  @Column({ type: "varchar" })
  passwordHash: string;

  /** The identity of a link, which is no sign-in method yet; null for a registration, whose first login creates a user. */
  @Column({ type: "varchar", nullable: true })
  identityId: string | null;

  @ManyToOne(() => Identity, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "identity_id", foreignKeyConstraintName: "pending_registrations_identity_fk" })
  identity?: Relation<Identity>;

  @TimeColumn()
  createdAt: Date;

  @TimeColumn()
  expiresAt: Date;
}
