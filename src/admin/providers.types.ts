/** A provider in the admin graph: as it is live, as it is drafted, and what is saved of it. */
import { GraphQLDateTime, GraphQLJSONObject } from "graphql-scalars";
import { Extensions, Field, InputType, ObjectType, registerEnumType } from "type-graphql";
import type { ProviderState } from "../deployments/provider-states.ts";

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

  @Field(() => String, {
    description:
      "Of this provider's configuration as it would be after a deployment of the draft. For `saveProvider` and `removeProvider`.",
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
@ObjectType({ description: "A type of which you add providers under your own names.", simpleResolvers: true })
export class ProviderType {
  @Field(() => String, { description: "For `saveProvider`." })
  type: string;

  @Field(() => String)
  displayName: string;

  @Field(() => GraphQLJSONObject, { description: "JSON Schema; `secret: true` marks what is write-only." })
  settingsSchema: Readonly<Record<string, unknown>>;
}

export const PROVIDER_REVISION =
  "The `revision` of the provider, or of the whole draft, as it was read; `none` for one that must not be there yet. Another by now is DRAFT_CONFLICT. Left out: any, so that what others saved meanwhile is replaced.";

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

  @Field(() => String, { nullable: true, description: PROVIDER_REVISION })
  revision?: string | null;
}
