/** Drafts, reviews and versions in the admin graph. */
import { GraphQLDateTime, GraphQLJSON } from "graphql-scalars";
import { Extensions, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import type { Danger } from "../deployments/review/dangers.ts";
import { PageInfo } from "../schema/connection.ts";

const admin = Extensions({ access: "admin" });

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
@ObjectType({ description: "Which configuration of a provider a draft holds.", simpleResolvers: true })
export class ProviderRevision {
  @Field(() => String)
  name: string;

  @Field(() => String, {
    description: "For `saveProvider` and `removeProvider`; `none` where the draft removes it.",
  })
  revision: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Who set that configuration; null where neither the draft nor the newest version changed it.",
  })
  changedBy: string | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  changedAt: Date | null;
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

  @Field(() => [ProviderRevision], { description: "Every provider, those that it removes included." })
  providers: ProviderRevision[];

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
  usersLosingAccess: number;

  @Field(() => Int, { description: "Live sessions that began through it; they go on." })
  activeSessions: number;
}

enum DangerReason {
  USERS_LOSING_ACCESS = "USERS_LOSING_ACCESS",
  PROVIDER_REMOVED = "PROVIDER_REMOVED",
}
registerEnumType(DangerReason, { name: "DeploymentDangerReason" });

@admin
@ObjectType({ description: "What an operator should confirm before it is deployed.", simpleResolvers: true })
export class DeploymentDanger {
  @Field(() => String)
  provider: string;

  @Field(() => DangerReason)
  reason: Danger["reason"];

  @Field(() => Int, {
    description: "Users losing access; 0 where a provider is removed that none depends on.",
  })
  users: number;
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

  @Field(() => [DeploymentDanger], {
    description:
      "At most one for each provider; empty where nothing needs to be confirmed. `deploy` does not ask.",
  })
  dangers: readonly Danger[];
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
