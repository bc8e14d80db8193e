import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "A user, anonymous or permanent. Linking identities never changes the id.",
  simpleResolvers: true,
})
@Entity("users")
@Index("users_anonymous_by_age", ["createdAt"], { where: "is_anonymous" })
@Index("users_disabled", ["createdAt", "id"], { where: "disabled_at IS NOT NULL" })
@Index("users_by_creation", ["createdAt", "id"])
@Index("users_by_disabling", ["disabledAt"], { where: "disabled_at IS NOT NULL" })
export class User {
  @Field(() => ID)
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Field({ description: "True until an identity with which the user can log in is linked." })
  @Column({ type: "boolean" })
  isAnonymous: boolean;

  @Field(() => GraphQLDateTime)
  @TimeColumn()
  createdAt: Date;

  @TimeColumn({ nullable: true })
  lastLoginAt: Date | null;

  @TimeColumn({ nullable: true })
  disabledAt: Date | null;

  /** Profile fields from the providers; null when there are none. */
  @JsonColumn({ nullable: true })
  profile: Record<string, unknown> | null;
}
