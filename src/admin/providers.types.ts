/** Provider types of the admin graph: live state, draft state, and the input to save one. */
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
  description: "Whether deploying the draft adds or removes a provider.",
});

@admin
@ObjectType("Provider", {
  description: "A provider, with its live configuration and the one in the draft.",
  simpleResolvers: true,
})
export class ProviderView {
  @Field(() => String)
  name: string;

  @Field(() => String, {
    description: "The same as `name`, except for providers that operators added, such as `oidc`.",
  })
  type: string;

  @Field(() => String)
  displayName: string;

  @Field(() => Boolean, { description: "Whether it is live and enabled: users can log in with it." })
  enabled: boolean;

  @Field(() => DraftEffect, {
    nullable: true,
    description: "Null if deploying the draft neither adds nor removes the provider.",
  })
  draftEffect: ProviderState["draftEffect"];

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether it is enabled in the draft; null if there is no draft or the draft does not contain it.",
  })
  draftEnabled: boolean | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Live settings. Secrets are shown as •••." })
  settings: Readonly<Record<string, unknown>> | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      "Settings in the draft, with secrets shown as •••; null if there is no draft or the draft does not contain it.",
  })
  draftSettings: Readonly<Record<string, unknown>> | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: "A JSON Schema. `secret: true` marks write-only settings.",
  })
  settingsSchema: Readonly<Record<string, unknown>> | null;

  @Field(() => String, {
    description:
      "Identifies the configuration in the draft, or without a draft, the live one. Pass it to `saveProvider` and `removeProvider`, so that they do not overwrite a later change.",
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
  description: "A type of provider that can be added any number of times, under names of your choice.",
  simpleResolvers: true,
})
export class ProviderType {
  @Field(() => String, { description: "The `type` to give to `saveProvider`." })
  type: string;

  @Field(() => String)
  displayName: string;

  @Field(() => GraphQLJSONObject, { description: "A JSON Schema. `secret: true` marks write-only settings." })
  settingsSchema: Readonly<Record<string, unknown>>;
}

export const PROVIDER_REVISION =
  "The `revision` of the provider, or of the whole draft, that was read; `none` for a provider that must not exist yet. If it has changed since, the call fails with DRAFT_CONFLICT. Omit it to overwrite what others may have saved.";

@InputType()
export class SaveProviderInput {
  @Field(() => String)
  name: string;

  @Field(() => String, {
    nullable: true,
    description:
      "To add a provider under a new name: its type, one of `providerTypes`. Omit it for existing providers.",
  })
  type?: string | null;

  @Field(() => Boolean)
  enabled: boolean;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      "All settings of the provider, which replace the present ones; if omitted, they are unchanged. An omitted secret is unchanged too; null removes it. See `settingsSchema`.",
  })
  settings?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: PROVIDER_REVISION })
  revision?: string | null;
}
