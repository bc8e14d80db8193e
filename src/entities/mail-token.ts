import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { PasswordCredential } from "./password-credential.ts";

export type MailTokenPurpose = "confirm" | "reset";

/** The secret in a mail's link: who has it reads that e-mail. */
@Entity("mail_tokens")
@Index("mail_tokens_credential", ["credentialId"])
@Index("mail_tokens_expires", ["expiresAt"])
export class MailToken {
  /** SHA-256 of the token, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  @Column({ type: "varchar" })
  credentialId: string;

  @ManyToOne(() => PasswordCredential, { onDelete: "CASCADE" })
  @JoinColumn({ name: "credential_id", foreignKeyConstraintName: "mail_tokens_credential_fk" })
  credential?: Relation<PasswordCredential>;

  @Column({ type: "varchar" })
  purpose: MailTokenPurpose;

  @TimeColumn()
  expiresAt: Date;
}
