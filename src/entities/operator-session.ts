import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { AdminKey } from "./admin-key.ts";
import { TimeColumn } from "./columns.ts";

/** A browser in which an operator signed in to the console. It is valid only while the admin key that started it is. */
@Entity("operator_sessions")
@Index("operator_sessions_admin_key", ["adminKeyId"])
@Index("operator_sessions_expires", ["expiresAt"])
export class OperatorSession {
  /** SHA-256 of the cookie's value, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  /** null when it was started with the key from the settings. */
  @Column({ type: "varchar", nullable: true })
  adminKeyId: string | null;

  @ManyToOne(() => AdminKey, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "admin_key_id", foreignKeyConstraintName: "operator_sessions_admin_key_fk" })
  adminKey?: Relation<AdminKey>;

  /** Differs as soon as the key from the settings does, and tells nothing of it; null for stored keys. */
  @Column({ type: "varchar", nullable: true })
  settingsKeyMark: string | null;

  @TimeColumn()
  createdAt: Date;

  @TimeColumn()
  lastUsedAt: Date;

  @TimeColumn()
  expiresAt: Date;
}
