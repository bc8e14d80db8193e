import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";

@ObjectType({
  description: "An API key, with which a program logs in as the key's owner.",
  simpleResolvers: true,
})
@Entity("api_keys")
@Index("api_keys_identity", ["identityId"])
@Index("api_keys_hash", ["hash"], { unique: true })
export class ApiKey {
  /** The subject of its identity. */
  @Field(() => ID)
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  identityId: string;

  @ManyToOne(() => Identity, { onDelete: "CASCADE" })
  @JoinColumn({ name: "identity_id", foreignKeyConstraintName: "api_keys_identity_fk" })
  identity?: Relation<Identity>;

  @Field(() => String)
  @Column({ type: "varchar" })
  name: string;

  @Field(() => String, { description: "The first characters of the key, to tell keys apart." })
  @Column({ type: "varchar" })
  prefix: string;

  /** SHA-256 of the key, base64url. */
  @Column({ type: "varchar" })
  hash: string;

  /** Created by an operator for a server: the key has a user of its own. */
  @Column({ type: "boolean" })
  isServer: boolean;

  @Field(() => GraphQLDateTime)
  @TimeColumn()
  createdAt: Date;

  @TimeColumn({ nullable: true })
  disabledAt: Date | null;
}
