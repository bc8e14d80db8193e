import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

/** An email that the mail server has not accepted yet. Stored in the transaction that causes it, deleted once it is sent. */
@Entity("outgoing_emails")
@Index("outgoing_emails_next_attempt", ["nextAttemptAt"])
export class OutgoingEmail {
  @PrimaryColumn({ type: "varchar" })
  id: string;

  /** Address and link, encrypted with the master key: the link is a secret. */
  @Column({ type: "text" })
  contentEncrypted: string;

  @TimeColumn()
  createdAt: Date;

  @TimeColumn()
  nextAttemptAt: Date;

  @Column({ type: "integer" })
  attempts: number;
}
