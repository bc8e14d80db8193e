import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

export type AuditActorKind = "USER" | "OPERATOR" | "SYSTEM" | "VISITOR";

/**
 * An action, successful or not. Rows are only inserted, and purged when they are old. They have no foreign keys, because
 * they outlive the users that they are about, and for the same reason they hold no email and no secret.
 */
@Entity("audit_events")
@Index("audit_events_user", ["userId", "id"], { where: "user_id IS NOT NULL" })
@Index("audit_events_action", ["action", "id"])
@Index("audit_events_actor", ["actor", "id"], { where: "actor IS NOT NULL" })
@Index("audit_events_provider", ["provider", "id"], { where: "provider IS NOT NULL" })
@Index("audit_events_refused", ["id", "code", "action"], { where: "code IS NOT NULL" })
export class AuditEvent {
  /** A UUIDv7, which begins with the time: sorting by id sorts by time. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @TimeColumn()
  at: Date;

  @Column({ type: "varchar" })
  action: string;

  /** The error code; null when the action succeeded. */
  @Column({ type: "varchar", nullable: true })
  code: string | null;

  @Column({ type: "varchar" })
  actorKind: AuditActorKind;

  /** An operator's name or a user's id; null for visitors and the gateway itself. */
  @Column({ type: "varchar", nullable: true })
  actor: string | null;

  /** The user that the action was about. */
  @Column({ type: "varchar", nullable: true })
  userId: string | null;

  @Column({ type: "varchar", nullable: true })
  provider: string | null;

  /** The object of the action besides the user: a version, a key's id, an identity's id. */
  @Column({ type: "varchar", nullable: true })
  target: string | null;

  @Column({ type: "varchar", nullable: true })
  ipAddress: string | null;

  @Column({ type: "varchar", nullable: true })
  userAgent: string | null;

  @JsonColumn({ nullable: true })
  detail: Record<string, unknown> | null;
}
