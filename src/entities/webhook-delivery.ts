import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Event } from "./event.ts";
import { WebhookEndpoint } from "./webhook-endpoint.ts";

/** PARKED: given up after three days of attempts, until an operator redelivers it. */
export type DeliveryState = "PENDING" | "DELIVERED" | "PARKED";

/** One event for one endpoint. Events of a user are delivered in the order of their positions. */
@Entity("webhook_deliveries")
@Index("webhook_deliveries_due", ["endpointId", "state", "nextAttemptAt", "position"])
@Index("webhook_deliveries_pending", ["userId", "endpointId", "position"], { where: "state = 'PENDING'" })
@Index("webhook_deliveries_pending_merges", ["formerUserId", "endpointId", "position"], {
  where: "state = 'PENDING' AND former_user_id IS NOT NULL",
})
@Index("webhook_deliveries_event", ["eventId"])
@Index("webhook_deliveries_state", ["state", "id"])
@Index("webhook_deliveries_endpoint", ["endpointId", "id"])
export class WebhookDelivery {
  /** A UUIDv7. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  endpointId: string;

  @ManyToOne(() => WebhookEndpoint, { onDelete: "CASCADE" })
  @JoinColumn({ name: "endpoint_id", foreignKeyConstraintName: "webhook_deliveries_endpoint_fk" })
  endpoint?: Relation<WebhookEndpoint>;

  @Column({ type: "varchar" })
  eventId: string;

  @ManyToOne(() => Event, { onDelete: "CASCADE" })
  @JoinColumn({ name: "event_id", foreignKeyConstraintName: "webhook_deliveries_event_fk" })
  event?: Relation<Event>;

  /** Of the event in the log. */
  @Column({ type: "bigint" })
  position: number | string;

  @Column({ type: "varchar" })
  userId: string;

  @Column({ type: "varchar", nullable: true })
  formerUserId: string | null;

  @Column({ type: "varchar" })
  state: DeliveryState;

  /** How often it was tried. */
  @Column({ type: "integer" })
  attempts: number;

  @TimeColumn()
  createdAt: Date;

  @TimeColumn()
  nextAttemptAt: Date;

  /** A failure after this time parks it. */
  @TimeColumn()
  givesUpAt: Date;

  @TimeColumn({ nullable: true })
  lastAttemptAt: Date | null;

  /** The HTTP status of the last answer; null before the first attempt and when there was no answer. */
  @Column({ type: "integer", nullable: true })
  lastStatus: number | null;

  /** Why the last attempt failed, in a sentence for operators; null after a success. */
  @Column({ type: "text", nullable: true })
  lastError: string | null;

  /** The beginning of the last answer's body. */
  @Column({ type: "text", nullable: true })
  lastAnswer: string | null;

  @TimeColumn({ nullable: true })
  deliveredAt: Date | null;
}
