import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { User } from "./user.ts";

/** The user that an idempotency key created, stored as long as repeated calls return the same user. */
@Entity("anonymous_login_keys")
@Index("anonymous_login_keys_user", ["userId"])
@Index("anonymous_login_keys_expires", ["expiresAt"])
export class AnonymousLoginKey {
  /** SHA-256 of the key, base64url. */
  @PrimaryColumn({ type: "varchar" })
  hash: string;

  @Column({ type: "varchar" })
  userId: string;

  @ManyToOne(() => User, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "anonymous_login_keys_user_fk" })
  user?: Relation<User>;

  @TimeColumn()
  expiresAt: Date;
}
