import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { maskSettings, settingsSchema } from "../deployments/configuration.ts";
import type { DeploymentRecord } from "../entities/deployment.ts";
import { Access } from "../schema/access.ts";
import { decodeCursor, pageSize, toPage } from "../schema/connection.ts";
import type { GraphContext } from "../schema/context.ts";
import {
  ConfigurationChange,
  Deployment,
  DeploymentConnection,
  DeploymentReview,
  Draft,
} from "./deployments.types.ts";
import { PROVIDER_REVISION, ProviderType, ProviderView, SaveProviderInput } from "./providers.types.ts";

const isVersion = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
const MAX_NOTE = 1_000;

@Resolver()
export class DeploymentsResolver {
  @Access("admin")
  @Query(() => [ProviderView])
  async providers(@Ctx() { services }: GraphContext): Promise<ProviderView[]> {
    const states = await services.deployments.states();
    return states.map(({ provider, live, draft, draftEffect, revision: { name: _, ...revision } }) => ({
      name: provider.name,
      type: provider.type,
      displayName: provider.displayName,
      enabled: live.enabled,
      draftEffect,
      draftEnabled: draft?.enabled ?? null,
      settings: maskSettings(live.settings),
      draftSettings: draft && maskSettings(draft.settings),
      settingsSchema: settingsSchema(provider),
      ...revision,
    }));
  }

  @Access("admin")
  @Query(() => [ProviderType])
  providerTypes(@Ctx() { services }: GraphContext): ProviderType[] {
    return services.deployments.addableTypes().map((each) => ({
      type: each.type,
      displayName: each.displayName,
      settingsSchema: settingsSchema(each),
    }));
  }

  @Access("admin")
  @Query(() => Draft, { nullable: true, description: "null when there is nothing to deploy." })
  draft(@Ctx() { services }: GraphContext): Promise<Draft | null> {
    return services.deployments.findDraft();
  }

  @Access("admin")
  @Query(() => DeploymentReview, {
    nullable: true,
    description: "What the draft changes, and whom; null without one.",
  })
  review(@Ctx() { services }: GraphContext): Promise<DeploymentReview | null> {
    return services.deployments.review();
  }

  @Access("admin")
  @Query(() => DeploymentConnection, { description: "Newest first." })
  async deployments(
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() { services }: GraphContext,
  ): Promise<DeploymentConnection> {
    const size = pageSize(first);
    const before = after ? decodeCursor(after, isVersion) : null;
    const records = await services.deployments.list({ before, limit: size + 1 });
    return toPage<DeploymentRecord>(records, size, ({ version }) => version);
  }

  @Access("admin")
  @Query(() => Deployment, { nullable: true, description: "null when there is none of that number." })
  deployment(
    @Arg("version", () => Int) version: number,
    @Ctx() { services }: GraphContext,
  ): Promise<Deployment | null> {
    return services.deployments.find(version);
  }

  @Access("admin")
  @Query(() => [ConfigurationChange], { description: "What differs between two versions." })
  compareDeployments(
    @Arg("from", () => Int) from: number,
    @Arg("to", () => Int) to: number,
    @Ctx() { services }: GraphContext,
  ): Promise<ConfigurationChange[]> {
    return services.deployments.compare(from, to);
  }

  @Access("admin")
  @Query(() => DeploymentReview, { description: "What `redeploy` would change now, and whom." })
  reviewRedeploy(
    @Arg("version", () => Int) version: number,
    @Ctx() { services }: GraphContext,
  ): Promise<DeploymentReview> {
    return services.deployments.reviewRedeploy(version);
  }

  @Access("admin")
  @Mutation(() => Draft, {
    description: "Puts one provider into the draft. Nothing is live before `deploy`.",
  })
  saveProvider(
    @Arg("input", () => SaveProviderInput) input: SaveProviderInput,
    @Ctx() { services, admin }: GraphContext,
  ): Promise<Draft> {
    return services.deployments.saveProviders([input], String(admin));
  }

  @Access("admin")
  @Mutation(() => Draft, {
    description: "Takes a provider that an operator named out of the draft. Its users' identities stay.",
  })
  removeProvider(
    @Arg("name", () => String) name: string,
    @Arg("revision", () => String, { nullable: true, description: PROVIDER_REVISION })
    revision: string | undefined,
    @Ctx() { services, admin }: GraphContext,
  ): Promise<Draft> {
    return services.deployments.removeProvider(name, String(admin), revision);
  }

  @Access("admin")
  @Mutation(() => Draft, {
    nullable: true,
    description:
      "Puts the draft's own changes on top of what went live since it was begun; null when nothing of them is left.",
  })
  rebaseDraft(
    @Arg("draftRevision", () => String, {
      nullable: true,
      description: "The one that was read: another draft by now is DRAFT_CONFLICT. Left out: any.",
    })
    draftRevision: string | undefined,
    @Ctx() { services, admin }: GraphContext,
  ): Promise<Draft | null> {
    return services.deployments.rebaseDraft(String(admin), draftRevision);
  }

  @Access("admin")
  @Mutation(() => Boolean, { description: "Whether there was a draft." })
  discardDraft(
    @Arg("draftRevision", () => String, {
      nullable: true,
      description: "The one that was looked at; left out: any.",
    })
    draftRevision: string | undefined,
    @Ctx() { services }: GraphContext,
  ): Promise<boolean> {
    return services.deployments.discardDraft(draftRevision);
  }

  @Access("admin")
  @Mutation(() => Deployment, { description: "Makes the draft live, on every gateway within a second." })
  deploy(
    @Arg("note", () => String, { nullable: true }) note: string | undefined,
    @Arg("draftRevision", () => String, {
      nullable: true,
      description: "The one that was reviewed: another draft by now is DRAFT_CONFLICT. Left out: any.",
    })
    draftRevision: string | undefined,
    @Ctx() { services, admin }: GraphContext,
  ): Promise<Deployment> {
    const kept = note?.trim().slice(0, MAX_NOTE) || null;
    return services.deployments.deploy({
      note: kept,
      by: String(admin),
      draftRevision: draftRevision ?? null,
    });
  }

  @Access("admin")
  @Mutation(() => Deployment, { description: "A new version with the content of an old one." })
  redeploy(
    @Arg("version", () => Int) version: number,
    @Arg("baseVersion", () => Int, {
      nullable: true,
      description:
        "The version that was live when this was reviewed: another by now is DRAFT_CONFLICT. Left out: any.",
    })
    baseVersion: number | undefined,
    @Ctx() { services, admin }: GraphContext,
  ): Promise<Deployment> {
    return services.deployments.redeploy(version, String(admin), baseVersion);
  }
}
