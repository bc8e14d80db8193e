import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { PasswordCredential } from "./password-credential.ts";
import { PendingRegistration } from "./pending-registration.ts";

export type EmailTokenPurpose = "confirm" | "reset";

/** The secret in the link of an email, which verifies that its holder can read that mailbox. */
@Entity("email_tokens")
@Index("email_tokens_credential", ["credentialId"])
@Index("email_tokens_expires", ["expiresAt"])
@Index("email_tokens_registration", ["registrationId"], { where: "registration_id IS NOT NULL" })
export class EmailToken {
  /** SHA-256 of the token, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  @Column({ type: "varchar" })
  credentialId: string;

  @ManyToOne(() => PasswordCredential, { onDelete: "CASCADE" })
  @JoinColumn({ name: "credential_id", foreignKeyConstraintName: "email_tokens_credential_fk" })
  credential?: Relation<PasswordCredential>;

  /** The pending registration that it confirms; null if it is for the credential itself. */
  @Column({ type: "varchar", nullable: true })
  registrationId: string | null;

  @ManyToOne(() => PendingRegistration, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "registration_id", foreignKeyConstraintName: "email_tokens_registration_fk" })
  registration?: Relation<PendingRegistration>;

  @Column({ type: "varchar" })
  purpose: EmailTokenPurpose;

  @TimeColumn()
  expiresAt: Date;
}
