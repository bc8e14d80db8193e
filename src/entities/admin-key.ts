import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

@ObjectType({
  description: "An admin key: an operator's secret for the admin graph and the console.",
  simpleResolvers: true,
})
@Entity("admin_keys")
@Index("admin_keys_hash", ["hash"], { unique: true })
export class AdminKey {
  @Field(() => ID)
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Field(() => String)
  @Column({ type: "varchar" })
  name: string;

  @Field(() => String, { description: "The first characters of the key, to tell keys apart." })
  @Column({ type: "varchar" })
  prefix: string;

  /** SHA-256 of the key, base64url. */
  @Column({ type: "varchar" })
  hash: string;

  @Field(() => GraphQLDateTime)
  @TimeColumn()
  createdAt: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: "To the minute; null if never used." })
  @TimeColumn({ nullable: true })
  lastUsedAt: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Null while it is valid." })
  @TimeColumn({ nullable: true })
  revokedAt: Date | null;
}
