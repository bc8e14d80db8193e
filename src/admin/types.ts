/** The shapes of the admin graph. */
import { GraphQLDateTime, GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Extensions, Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ProviderState } from "../deployments/provider-states.ts";
import { AdminKey } from "../entities/admin-key.ts";
import type { SigningKeyState, SigningKeyView } from "../identity/signing-keys.ts";
import { PageInfo } from "../schema/connection.ts";

const admin = Extensions({ access: "admin" });

enum DraftEffect {
  ADDED = "ADDED",
  REMOVED = "REMOVED",
}
registerEnumType(DraftEffect, {
  name: "DraftEffect",
  description: "Whether deploying the draft adds or removes a provider that an operator named.",
});

@admin
@ObjectType("Provider", { description: "A way in, live and drafted side by side.", simpleResolvers: true })
export class ProviderView {
  @Field(() => String)
  name: string;

  @Field(() => String)
  type: string;

  @Field(() => String)
  displayName: string;

  @Field(() => Boolean, { description: "In the live deployment." })
  enabled: boolean;

  @Field(() => DraftEffect, { nullable: true, description: "null when it is there before and after." })
  draftEffect: ProviderState["draftEffect"];

  @Field(() => Boolean, {
    nullable: true,
    description: "In the draft; null when there is none, or it is not in it.",
  })
  draftEnabled: boolean | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Live settings; secrets read as •••." })
  settings: Readonly<Record<string, unknown>> | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: "Settings in the draft; null when there is none, or it is not in it.",
  })
  draftSettings: Readonly<Record<string, unknown>> | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: "JSON Schema; `secret: true` marks what is write-only.",
  })
  settingsSchema: Readonly<Record<string, unknown>> | null;
}

@admin
@ObjectType({ description: "A type of which you add providers under your own names.", simpleResolvers: true })
export class ProviderType {
  @Field(() => String, { description: "For `saveProvider`." })
  type: string;

  @Field(() => String)
  displayName: string;

  @Field(() => GraphQLJSONObject, { description: "JSON Schema; `secret: true` marks what is write-only." })
  settingsSchema: Readonly<Record<string, unknown>>;
}

@admin
@ObjectType({ simpleResolvers: true })
export class ConfigurationChange {
  @Field(() => String)
  provider: string;

  @Field(() => String, { description: "`enabled`, `settings.<name>`, or `type` for one added or removed." })
  field: string;

  @Field(() => GraphQLJSON, { nullable: true })
  before: unknown;

  @Field(() => GraphQLJSON, { nullable: true })
  after: unknown;
}

@admin
@ObjectType({
  description: "A version that is, or was, live. Its content never changes.",
  simpleResolvers: true,
})
export class Deployment {
  @Field(() => Int)
  version: number;

  @Field(() => GraphQLDateTime)
  deployedAt: Date;

  @Field(() => String)
  deployedBy: string;

  @Field(() => String, { nullable: true })
  note: string | null;

  @Field(() => [ConfigurationChange])
  changes: ConfigurationChange[];
}

@admin
@ObjectType({ description: "What is prepared and not live yet.", simpleResolvers: true })
export class Draft {
  @Field(() => Int, { description: "The version that was live when it was begun." })
  baseVersion: number;

  @Field(() => String, { description: "Differs as soon as what would be deployed does." })
  revision: string;

  @Field(() => GraphQLDateTime)
  updatedAt: Date;

  @Field(() => String)
  updatedBy: string;

  @Field(() => [ConfigurationChange], { description: "Compared with what is live." })
  changes: ConfigurationChange[];

  @Field(() => [ConfigurationChange], {
    description: "Compared with `baseVersion`; the same unless another version went live meanwhile.",
  })
  ownChanges: ConfigurationChange[];

  @Field(() => [Deployment], {
    description:
      "What went live since it was begun, newest first. While there is any, it cannot be deployed: `rebaseDraft` or `discardDraft`.",
  })
  overtakenBy: Deployment[];
}

@admin
@ObjectType({ description: "What deploying would do to real people.", simpleResolvers: true })
export class ProviderImpact {
  @Field(() => String)
  provider: string;

  @Field(() => Int)
  identities: number;

  @Field(() => Int)
  usersLosingTheirOnlyWayIn: number;

  @Field(() => Int, { description: "Live sessions that began through it; they go on." })
  activeSessions: number;
}

@admin
@ObjectType({ simpleResolvers: true })
export class DeploymentReview {
  @Field(() => Int, {
    description: "For a draft the version that it was begun from, else the one that is live.",
  })
  baseVersion: number;

  @Field(() => String, { nullable: true, description: "For `deploy`; null when it is not about the draft." })
  draftRevision: string | null;

  @Field(() => [ConfigurationChange])
  changes: ConfigurationChange[];

  @Field(() => [ProviderImpact], { description: "One for each provider that changes." })
  impact: ProviderImpact[];
}

@ObjectType({ simpleResolvers: true })
class DeploymentEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => Deployment)
  node: Deployment;
}

@admin
@ObjectType({ description: "Deployments, newest first.", simpleResolvers: true })
export class DeploymentConnection {
  @Field(() => [DeploymentEdge])
  edges: DeploymentEdge[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@InputType()
export class SaveProviderInput {
  @Field(() => String)
  name: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Adds a provider of your own under a new name, such as one of type oidc. Otherwise left out.",
  })
  type?: string | null;

  @Field(() => Boolean)
  enabled: boolean;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      "All settings of the provider; left out, they stay. A secret that is left out stays too; null removes it.",
  })
  settings?: Record<string, unknown> | null;
}

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
