import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { PasswordCredential } from "./password-credential.ts";
import { PendingRegistration } from "./pending-registration.ts";

export type MailTokenPurpose = "confirm" | "reset";

/** The secret in a mail's link: who has it reads that e-mail. */
@Entity("mail_tokens")
@Index("mail_tokens_credential", ["credentialId"])
@Index("mail_tokens_expires", ["expiresAt"])
@Index("mail_tokens_registration", ["registrationId"], { where: "registration_id IS NOT NULL" })
export class MailToken {
  /** SHA-256 of the token, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  @Column({ type: "varchar" })
  credentialId: string;

  @ManyToOne(() => PasswordCredential, { onDelete: "CASCADE" })
  @JoinColumn({ name: "credential_id", foreignKeyConstraintName: "mail_tokens_credential_fk" })
  credential?: Relation<PasswordCredential>;

  /** The registration that it confirms; null where it is about the credential itself. */
  @Column({ type: "varchar", nullable: true })
  registrationId: string | null;

  @ManyToOne(() => PendingRegistration, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "registration_id", foreignKeyConstraintName: "mail_tokens_registration_fk" })
  registration?: Relation<PendingRegistration>;

  @Column({ type: "varchar" })
  purpose: MailTokenPurpose;

  @TimeColumn()
  expiresAt: Date;
}
