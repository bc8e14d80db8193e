import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { maskSettings, settingsSchema } from "../deployments/configuration.ts";
import type { DeploymentRecord } from "../entities/deployment.ts";
import { Access } from "../schema/access.ts";
import { pageSize, toPage } from "../schema/connection.ts";
import type { GraphContext } from "../schema/context.ts";
import { decodeCursor } from "../text/cursor.ts";
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
  @Query(() => [ProviderView], { description: "All providers, live or in the draft." })
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
  @Query(() => [ProviderType], { description: "Types of which operators can add providers." })
  providerTypes(@Ctx() { services }: GraphContext): ProviderType[] {
    return services.deployments.addableTypes().map((each) => ({
      type: each.type,
      displayName: each.displayName,
      settingsSchema: settingsSchema(each),
    }));
  }

  @Access("admin")
  @Query(() => Draft, { nullable: true, description: "The current draft; null if there is none." })
  draft(@Ctx() { services }: GraphContext): Promise<Draft | null> {
    return services.deployments.findDraft();
  }

  @Access("admin")
  @Query(() => DeploymentReview, {
    nullable: true,
    description: "The changes of the draft and the users they affect; null without a draft.",
  })
  review(@Ctx() { services }: GraphContext): Promise<DeploymentReview | null> {
    return services.deployments.review();
  }

  @Access("admin")
  @Query(() => DeploymentConnection, { description: "All deployed versions, newest first." })
  async deployments(
    @Arg("first", () => Int, { nullable: true, description: "Page size, 0 to 100. Default: 20." })
    first: number | undefined,
    @Arg("after", () => String, { nullable: true, description: "The `endCursor` of the page before." })
    after: string | undefined,
    @Ctx() { services }: GraphContext,
  ): Promise<DeploymentConnection> {
    const size = pageSize(first);
    const before = after ? decodeCursor(after, isVersion) : null;
    const records = await services.deployments.list({ before, limit: size + 1 });
    return toPage<DeploymentRecord>(records, size, ({ version }) => version);
  }

  @Access("admin")
  @Query(() => Deployment, {
    nullable: true,
    description: "A deployment by its version; null if there is none.",
  })
  deployment(
    @Arg("version", () => Int) version: number,
    @Ctx() { services }: GraphContext,
  ): Promise<Deployment | null> {
    return services.deployments.find(version);
  }

  @Access("admin")
  @Query(() => [ConfigurationChange], { description: "The differences between two versions." })
  compareDeployments(
    @Arg("from", () => Int) from: number,
    @Arg("to", () => Int) to: number,
    @Ctx() { services }: GraphContext,
  ): Promise<ConfigurationChange[]> {
    return services.deployments.compare(from, to);
  }

  @Access("admin")
  @Query(() => DeploymentReview, {
    description: "The changes that `redeploy` would make, and the users they affect.",
  })
  reviewRedeploy(
    @Arg("version", () => Int) version: number,
    @Ctx() { services }: GraphContext,
  ): Promise<DeploymentReview> {
    return services.deployments.reviewRedeploy(version);
  }

  @Access("admin")
  @Mutation(() => Draft, {
    description: "Saves a provider's configuration to the draft. It is not live until `deploy`.",
  })
  saveProvider(
    @Arg("input", () => SaveProviderInput) input: SaveProviderInput,
    @Ctx() context: GraphContext,
  ): Promise<Draft> {
    return context.services.deployments.saveProviders(context, [input]);
  }

  @Access("admin")
  @Mutation(() => Draft, {
    description:
      "Removes a provider from the draft. Only for providers that operators added; built-in ones can be disabled. Identities stay, and work again if a provider of that name is added later.",
  })
  removeProvider(
    @Arg("name", () => String) name: string,
    @Arg("revision", () => String, { nullable: true, description: PROVIDER_REVISION })
    revision: string | undefined,
    @Ctx() context: GraphContext,
  ): Promise<Draft> {
    return context.services.deployments.removeProvider(context, name, revision);
  }

  @Access("admin")
  @Mutation(() => Draft, {
    nullable: true,
    description:
      "Rebases the draft: applies its changes to the version that is live now. Returns null if no change is left.",
  })
  rebaseDraft(
    @Arg("draftRevision", () => String, {
      nullable: true,
      description:
        "The `revision` that was read. If the draft has changed since, the call fails with DRAFT_CONFLICT. Omit it to rebase any revision.",
    })
    draftRevision: string | undefined,
    @Ctx() context: GraphContext,
  ): Promise<Draft | null> {
    return context.services.deployments.rebaseDraft(context, draftRevision);
  }

  @Access("admin")
  @Mutation(() => Boolean, { description: "Discards the draft. Returns whether there was one." })
  discardDraft(
    @Arg("draftRevision", () => String, {
      nullable: true,
      description:
        "The `revision` that was read. If the draft has changed since, the call fails with DRAFT_CONFLICT. Omit it to discard any revision.",
    })
    draftRevision: string | undefined,
    @Ctx() context: GraphContext,
  ): Promise<boolean> {
    return context.services.deployments.discardDraft(context, draftRevision);
  }

  @Access("admin")
  @Mutation(() => Deployment, {
    description:
      "Deploys the draft: it is live on every gateway within a second. Does not ask for confirmation; read `review` first.",
  })
  deploy(
    @Arg("note", () => String, { nullable: true }) note: string | undefined,
    @Arg("draftRevision", () => String, {
      nullable: true,
      description:
        "The `draftRevision` of the review. If the draft has changed since, the call fails with DRAFT_CONFLICT. Omit it to deploy any revision.",
    })
    draftRevision: string | undefined,
    @Ctx() context: GraphContext,
  ): Promise<Deployment> {
    const kept = note?.trim().slice(0, MAX_NOTE) || null;
    return context.services.deployments.deploy(context, { note: kept, draftRevision: draftRevision ?? null });
  }

  @Access("admin")
  @Mutation(() => Deployment, { description: "Deploys the content of an earlier version as a new version." })
  redeploy(
    @Arg("version", () => Int) version: number,
    @Arg("baseVersion", () => Int, {
      nullable: true,
      description:
        "The version that was live at the review. If another is live now, the call fails with DRAFT_CONFLICT. Omit it to skip this check.",
    })
    baseVersion: number | undefined,
    @Ctx() context: GraphContext,
  ): Promise<Deployment> {
    return context.services.deployments.redeploy(context, version, baseVersion);
  }
}
