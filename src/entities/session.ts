import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { TimeColumn } from "./columns.ts";
import { Identity } from "./identity.ts";
import { User } from "./user.ts";

@ObjectType({ description: "A session: one login on one device.", simpleResolvers: true })
@Entity("sessions")
@Index("sessions_live", ["provider", "expiresAt"], { where: "ended_at IS NULL" })
@Index("sessions_user", ["userId", "endedAt", "createdAt"])
@Index("sessions_identity", ["identityId"], { where: "identity_id IS NOT NULL" })
@Index("sessions_ended", ["endedAt"], { where: "ended_at IS NOT NULL" })
@Index("sessions_expiry", ["expiresAt"], { where: "expires_at IS NOT NULL" })
export class Session {
  @Field(() => ID)
  @PrimaryColumn({ type: "varchar" })
  id: string;

  @Column({ type: "varchar" })
  userId: string;

  @ManyToOne(() => User, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "sessions_user_fk" })
  user?: Relation<User>;

  @Field(() => String, { description: "The provider of the login that started it." })
  @Column({ type: "varchar" })
  provider: string;

  /** The identity whose deletion ends the session, such as an API key; null if there is none. */
  @Column({ type: "varchar", nullable: true })
  identityId: string | null;

  @ManyToOne(() => Identity, { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "identity_id", foreignKeyConstraintName: "sessions_identity_fk" })
  identity?: Relation<Identity>;

  /** false where the login did not show that the user was present, as by a passkey without user verification. */
  @Column({ type: "boolean", default: true })
  countsAsRecent: boolean;

  @Field(() => GraphQLDateTime)
  @TimeColumn()
  createdAt: Date;

  @Field(() => GraphQLDateTime, { description: "When it was last refreshed, or started." })
  @TimeColumn()
  lastSeenAt: Date;

  /** null while the user is anonymous: the session then lasts as long as the user. */
  @TimeColumn({ nullable: true })
  expiresAt: Date | null;

  /** The generation of the current refresh token. The token is derived from it with the master key, and not stored. */
  @Column({ type: "integer" })
  refreshGeneration: number;

  /** When the previous refresh token was replaced; it is accepted for a short grace. */
  @TimeColumn({ nullable: true })
  rotatedAt: Date | null;

  @TimeColumn({ nullable: true })
  endedAt: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The thumbprint (RFC 7638) of the client's key to which the session is bound (DPoP); null if its tokens are enough.",
  })
  @Column({ type: "varchar", nullable: true })
  keyThumbprint: string | null;

  @Field(() => String, { nullable: true, description: "The `User-Agent` header of the login." })
  @Column({ type: "varchar", nullable: true })
  userAgent: string | null;

  @Field(() => String, { nullable: true, description: "The client's address at the last refresh." })
  @Column({ type: "varchar", nullable: true })
  ipAddress: string | null;
}
