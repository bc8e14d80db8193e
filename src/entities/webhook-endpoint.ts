import { Column, Entity, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

/** A URL that events are delivered to. */
@Entity("webhook_endpoints")
export class WebhookEndpoint {
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  url: string;

  /** The event types that it takes; null for all. */
  @JsonColumn({ nullable: true })
  types: string[] | null;

  /** Whether it must confirm that it purged the data of deleted, expired and merged users. */
  @Column({ type: "boolean" })
  requiresReceipt: boolean;

  @Column({ type: "varchar", nullable: true })
  description: string | null;

  /** The signing secret, encrypted with the master key. */
  @Column({ type: "text" })
  secretEncrypted: string;

  /** After a rotation, the secret before, with which deliveries are signed too until `previousSecretUntil`. */
  @Column({ type: "text", nullable: true })
  previousSecretEncrypted: string | null;

  @TimeColumn({ nullable: true })
  previousSecretUntil: Date | null;

  @TimeColumn()
  createdAt: Date;

  /** Nothing is delivered while this is set; events wait. */
  @TimeColumn({ nullable: true })
  disabledAt: Date | null;

  /** When the first of the failures since the last success was; null while deliveries succeed. */
  @TimeColumn({ nullable: true })
  failingSince: Date | null;

  /** Why the last attempt failed, in a sentence for operators; null while deliveries succeed. */
  @Column({ type: "text", nullable: true })
  lastError: string | null;

  @TimeColumn({ nullable: true })
  lastDeliveredAt: Date | null;
}
