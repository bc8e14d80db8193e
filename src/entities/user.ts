import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "A person or a passer-by. The id stays what it is, whatever identities are linked to it.",
  simpleResolvers: true,
})
@Entity("users")
@Index("users_anonymous_by_age", ["createdAt"], { where: "is_anonymous" })
@Index("users_disabled", ["createdAt", "id"], { where: "disabled_at IS NOT NULL" })
@Index("users_by_creation", ["createdAt", "id"])
export class User {
  @Field(() => ID)
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Field({ description: "True until an identity that can log in again is linked." })
  @Column({ type: "boolean" })
  isAnonymous: boolean;

  @Field(() => GraphQLDateTime)
  @TimeColumn()
  createdAt: Date;

  @TimeColumn({ nullable: true })
  lastLoginAt: Date | null;

  @TimeColumn({ nullable: true })
  disabledAt: Date | null;

  /** What the providers said of this user; null when they said nothing. */
  @JsonColumn({ nullable: true })
  profile: Record<string, unknown> | null;
}
