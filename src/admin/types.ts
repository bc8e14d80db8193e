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

  @Field(() => GraphQLDateTime, { description: "Users created at or before this time have expired." })
  createdUntil: Date;

  @Field(() => Int, { description: "How many users were deleted, or in a dry run, would be." })
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
    PENDING: { description: "Published; it signs tokens from `signsFrom` on." },
    SIGNING: { description: "Signs new tokens." },
    RETIRED: { description: "No longer signs; published until the tokens that it signed have expired." },
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

  @Field(() => GraphQLDateTime, { description: "When it starts to sign." })
  signsFrom: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it is removed from the JWKS; null while there is no later key.",
  })
  publishedUntil: Date | null;
}

@admin
@ObjectType({ simpleResolvers: true })
export class CreatedAdminKey {
  @Field(() => AdminKey)
  adminKey: AdminKey;

  @Field(() => String, { description: "The key itself. It is shown only once." })
  secret: string;
}
