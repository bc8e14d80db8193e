/** Keys and expiry in the admin graph. */
import { GraphQLDateTime } from "graphql-scalars";
import { Extensions, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { AdminKey } from "../entities/admin-key.ts";
import type { SigningKeyState, SigningKeyView } from "../identity/tokens/signing-keys.ts";

const admin = Extensions({ access: "admin" });

@admin
@ObjectType({ simpleResolvers: true })
export class ExpiryReport {
  @Field(() => Boolean)
  dryRun: boolean;

  @Field(() => GraphQLDateTime, { description: "Users created at or before this time were old enough." })
  createdUntil: Date;

  @Field(() => Int, { description: "How many were deleted; in a dry run, how many would be." })
  users: number;
}

enum SigningKeyStates {
  PENDING = "PENDING",
  SIGNING = "SIGNING",
  RETIRED = "RETIRED",
}
registerEnumType(SigningKeyStates, {
  name: "SigningKeyState",
  valuesConfig: {
    PENDING: { description: "Published, and signs from `signsFrom`." },
    SIGNING: { description: "Signs." },
    RETIRED: { description: "Still published, for tokens that it signed." },
  },
});

@admin
@ObjectType("SigningKey", { simpleResolvers: true })
export class SigningKeyType implements SigningKeyView {
  @Field(() => String)
  kid: string;

  @Field(() => String)
  algorithm: "ES256";

  @Field(() => SigningKeyStates)
  state: SigningKeyState;

  @Field(() => GraphQLDateTime)
  createdAt: Date;

  @Field(() => GraphQLDateTime)
  signsFrom: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  publishedUntil: Date | null;
}

@admin
@ObjectType({ simpleResolvers: true })
export class CreatedAdminKey {
  @Field(() => AdminKey)
  adminKey: AdminKey;

  @Field(() => String, { description: "The key itself, shown this once." })
  secret: string;
}
