import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { TimeColumn } from "./columns.ts";

@ObjectType({ description: "A key for the admin graph.", simpleResolvers: true })
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

  @Field(() => GraphQLDateTime, { nullable: true })
  @TimeColumn({ nullable: true })
  lastUsedAt: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  @TimeColumn({ nullable: true })
  revokedAt: Date | null;
}
