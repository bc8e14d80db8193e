/** Drafts, reviews and versions in the admin graph. */
import { GraphQLDateTime, GraphQLJSON } from "graphql-scalars";
import { Extensions, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import type { Danger } from "../deployments/review/dangers.ts";
import { PageInfo } from "../schema/connection.ts";

const admin = Extensions({ access: "admin" });

@admin
@ObjectType({ description: "One difference between two configurations.", simpleResolvers: true })
export class ConfigurationChange {
  @Field(() => String)
  provider: string;

  @Field(() => String, {
    description: "`enabled`, `settings.<name>`, or `type` for a provider that is added or removed.",
  })
  field: string;

  @Field(() => GraphQLJSON, { nullable: true })
  before: unknown;

  @Field(() => GraphQLJSON, { nullable: true })
  after: unknown;
}

@admin
@ObjectType({
  description:
    "A version of the configuration that is or was live, which means that logins use it. Its content never changes.",
  simpleResolvers: true,
})
export class Deployment {
  @Field(() => Int)
  version: number;

  @Field(() => GraphQLDateTime)
  deployedAt: Date;

  @Field(() => String, { description: "The operator." })
  deployedBy: string;

  @Field(() => String, { nullable: true })
  note: string | null;

  @Field(() => [ConfigurationChange], { description: "Compared with the version before." })
  changes: ConfigurationChange[];
}

@admin
@ObjectType({ description: "The revision of a provider's configuration in a draft.", simpleResolvers: true })
export class ProviderRevision {
  @Field(() => String)
  name: string;

  @Field(() => String, {
    description:
      "Pass it to `saveProvider` and `removeProvider`, so that they do not overwrite a later change. `none` if the draft removes the provider.",
  })
  revision: string;

  @Field(() => String, {
    nullable: true,
    description: "Who saved this configuration; null if neither the draft nor the latest version changed it.",
  })
  changedBy: string | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  changedAt: Date | null;
}

@admin
@ObjectType({
  description:
    "Changes of the configuration that are not live yet. There is at most one draft, which all operators share.",
  simpleResolvers: true,
})
export class Draft {
  @Field(() => Int, { description: "The version that was live when the draft was started." })
  baseVersion: number;

  @Field(() => String, {
    description:
      "Changes whenever the content of the draft changes. Pass it to `deploy`, `rebaseDraft` and `discardDraft`, so that they fail if the draft has changed since.",
  })
  revision: string;

  @Field(() => GraphQLDateTime)
  updatedAt: Date;

  @Field(() => String)
  updatedBy: string;

  @Field(() => [ConfigurationChange], { description: "The changes compared with the live version." })
  changes: ConfigurationChange[];

  @Field(() => [ConfigurationChange], {
    description:
      "The changes compared with `baseVersion`. They differ from `changes` only if another version was deployed meanwhile.",
  })
  ownChanges: ConfigurationChange[];

  @Field(() => [ProviderRevision], { description: "All providers, including those that the draft removes." })
  providers: ProviderRevision[];

  @Field(() => [Deployment], {
    description:
      "Deployments since the draft was started, newest first. If there are any, the draft cannot be deployed: use `rebaseDraft` or `discardDraft`.",
  })
  overtakenBy: Deployment[];
}

@admin
@ObjectType({ description: "The effect of a change of a provider on users.", simpleResolvers: true })
export class ProviderImpact {
  @Field(() => String)
  provider: string;

  @Field(() => Int, { description: "Identities of this provider." })
  identities: number;

  @Field(() => Int, {
    description: "Users who can log in with this provider only, and could not log in any more.",
  })
  usersLosingAccess: number;

  @Field(() => Int, {
    description: "Active sessions that were started with this provider. They stay active.",
  })
  activeSessions: number;
}

enum DangerReason {
  USERS_LOSING_ACCESS = "USERS_LOSING_ACCESS",
  PROVIDER_REMOVED = "PROVIDER_REMOVED",
}
registerEnumType(DangerReason, { name: "DeploymentDangerReason" });

@admin
@ObjectType({
  description: "A consequence that an operator should confirm before deploying.",
  simpleResolvers: true,
})
export class DeploymentDanger {
  @Field(() => String)
  provider: string;

  @Field(() => DangerReason)
  reason: Danger["reason"];

  @Field(() => Int, {
    description: "Users who would lose access; 0 if no user depends on the provider.",
  })
  users: number;
}

@admin
@ObjectType({
  description: "What deploying the draft, or an earlier version, would change.",
  simpleResolvers: true,
})
export class DeploymentReview {
  @Field(() => Int, {
    description: "The version that the draft is based on; for a redeployment, the live version.",
  })
  baseVersion: number;

  @Field(() => String, {
    nullable: true,
    description:
      "Pass it to `deploy`, so that exactly what was reviewed is deployed. Null for a redeployment.",
  })
  draftRevision: string | null;

  @Field(() => [ConfigurationChange])
  changes: ConfigurationChange[];

  @Field(() => [ProviderImpact], { description: "One entry for each provider that changes." })
  impact: ProviderImpact[];

  @Field(() => [DeploymentDanger], {
    description:
      "At most one for each provider; empty if nothing needs confirmation. `deploy` itself does not ask for confirmation.",
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
