import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { AdminKey } from "./admin-key.ts";
import { TimeColumn } from "./columns.ts";

/** An operator's session of the console. It is valid only while its admin key is. */
@Entity("operator_sessions")
@Index("operator_sessions_admin_key", ["adminKeyId"])
@Index("operator_sessions_expires", ["expiresAt"])
export class OperatorSession {
  /** SHA-256 of the cookie's value, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  /** null for the key in the setting ADMIN_KEY. */
  @Column({ type: "varchar", nullable: true })
  adminKeyId: string | null;

  @ManyToOne(() => AdminKey, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "admin_key_id", foreignKeyConstraintName: "operator_sessions_admin_key_fk" })
  adminKey?: Relation<AdminKey>;

  /** A keyed hash of the key in ADMIN_KEY, so that changing that key ends the session; null for stored keys. */
  @Column({ type: "varchar", nullable: true })
  settingsKeyMark: string | null;

  @TimeColumn()
  createdAt: Date;

  @TimeColumn()
  lastUsedAt: Date;

  @TimeColumn()
  expiresAt: Date;
}
