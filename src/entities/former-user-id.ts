import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { User } from "./user.ts";

/** The id of an anonymous user that was merged; it resolves to the survivor as long as that user exists. */
@Entity("former_user_ids")
@Index("former_user_ids_user", ["userId"])
export class FormerUserId {
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  userId: string;

  @ManyToOne(() => User, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "former_user_ids_user_fk" })
  user?: Relation<User>;

  @TimeColumn()
  mergedAt: Date;
}
