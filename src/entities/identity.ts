import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { User } from "./user.ts";

@ObjectType({
  description:
    "A user's account at one provider, external (such as Google) or local (such as email and password).",
  simpleResolvers: true,
})
@Entity("identities")
@Index("identities_provider_subject", ["provider", "subject"], { unique: true })
@Index("identities_sign_in_methods", ["provider", "userId"], { where: "can_sign_in" })
@Index("identities_sign_in_methods_of_user", ["userId", "provider"], { where: "can_sign_in" })
// In byte order, which TypeORM's schema builder does not support.
@Index("identities_email_bytes", { synchronize: false })
@Index("identities_user", ["userId"])
@Index("identities_email", ["email"], { where: "email IS NOT NULL" })
export class Identity {
  @Field(() => ID)
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  userId: string;

  @ManyToOne(() => User, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "identities_user_fk" })
  user?: Relation<User>;

  @Field(() => String, { description: "The name of the provider, such as `local-userpass`." })
  @Column({ type: "varchar" })
  provider: string;

  @Field(() => String, { nullable: true, description: "The user's id at that provider." })
  @Column({ type: "varchar" })
  subject: string;

  @Field(() => String, {
    nullable: true,
    description: "The name that the user gave it, such as that of a passkey; null if there is none.",
  })
  @Column({ type: "varchar", nullable: true })
  name: string | null;

  /** In its canonical form. */
  @Field(() => String, { nullable: true })
  @Column({ type: "varchar", nullable: true })
  email: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the email is confirmed, or verified by the provider; null if unknown.",
  })
  @Column({ type: "boolean", nullable: true })
  emailVerified: boolean | null;

  @Field(() => Boolean, {
    description:
      "Whether the user can log in with it. False for the anonymous identity, for the user's API keys, and for an email that must be confirmed first.",
  })
  @Column({ type: "boolean", default: true })
  canSignIn: boolean;

  @Field(() => GraphQLDateTime)
  @TimeColumn()
  createdAt: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it was last used to log in; null if never.",
  })
  @TimeColumn({ nullable: true })
  lastUsedAt: Date | null;
}
