/** Webhook endpoints and deliveries, as operators see them. */
import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { PageInfo } from "../../schema/connection.ts";
import { ALL_TYPES, EventView, PageArguments } from "./events.types.ts";

const admin = Extensions({ access: "admin" });

enum DeliveryStates {
  PENDING = "PENDING",
  DELIVERED = "DELIVERED",
  PARKED = "PARKED",
}
registerEnumType(DeliveryStates, {
  name: "DeliveryState",
  valuesConfig: {
    PENDING: { description: "Waits for an attempt: the first one, or the next one after a failure." },
    DELIVERED: { description: "The endpoint answered 2xx." },
    PARKED: { description: "Given up after three days of attempts. `redeliver` tries again." },
  },
});

@admin
@ObjectType("WebhookEndpoint", {
  description: "A URL that events are delivered to, by Standard Webhooks.",
  simpleResolvers: true,
})
export class WebhookEndpointView {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  url: string;

  @Field(() => [String], { nullable: true, description: "The event types that it takes; null for all." })
  types: string[] | null;

  @Field(() => Boolean, {
    description:
      "Whether it must confirm `user.deleted`, `user.expired` and `user.merged`: it purged or moved the user's data. Any 2xx confirms; the JSON body may hold a `receipt`.",
  })
  requiresReceipt: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Shown in place of the URL to people who follow the deletion of their account.",
  })
  description: string | null;

  @Field(() => GraphQLDateTime)
  createdAt: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it was disabled; null while it is enabled.",
  })
  disabledAt: Date | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When the first failure since the last success was; null while deliveries succeed.",
  })
  failingSince: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the last attempt failed, and what to do; null while deliveries succeed.",
  })
  lastError: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "To the second." })
  lastDeliveredAt: Date | null;
}

@admin
@ObjectType({ simpleResolvers: true })
export class CreatedWebhookEndpoint {
  @Field(() => WebhookEndpointView)
  endpoint: WebhookEndpointView;

  @Field(() => String, {
    description:
      "The signing secret: `whsec_` and 32 bytes in base64. It is shown only here; keep it where the endpoint verifies signatures.",
  })
  secret: string;
}

@InputType()
export class CreateWebhookEndpointInput {
  @Field(() => String, {
    description:
      "An https or http URL. Private addresses must be allowed by the setting `WEBHOOK_PRIVATE_ADDRESSES`.",
  })
  url: string;

  @Field(() => [String], {
    nullable: true,
    description: `The event types that it takes, of ${ALL_TYPES}. Default: all.`,
  })
  types?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether it must confirm deleted, expired and merged users. Default: false.",
  })
  requiresReceipt?: boolean | null;

  @Field(() => String, { nullable: true, description: "At most 200 characters." })
  description?: string | null;
}

@InputType({ description: "What is left out stays as it is." })
export class UpdateWebhookEndpointInput {
  @Field(() => String, { nullable: true, description: "Pending deliveries go to the new URL at once." })
  url?: string | null;

  @Field(() => [String], { nullable: true, description: "null for all." })
  types?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "Applies to what happens from now on." })
  requiresReceipt?: boolean | null;

  @Field(() => String, { nullable: true, description: "At most 200 characters; null for none." })
  description?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "While it is disabled nothing is delivered, and events wait. What fails after three days is parked.",
  })
  disabled?: boolean | null;
}

@admin
@ObjectType("WebhookDelivery", { description: "One event for one endpoint.", simpleResolvers: true })
export class WebhookDeliveryView {
  @Field(() => ID)
  id: string;

  @Field(() => EventView)
  event: EventView;

  @Field(() => WebhookEndpointView)
  endpoint: WebhookEndpointView;

  @Field(() => DeliveryStates)
  state: `${DeliveryStates}`;

  @Field(() => Int, { description: "How often it was attempted since it was last queued." })
  attempts: number;

  @Field(() => GraphQLDateTime)
  createdAt: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      "The earliest time of the next attempt; null unless it is pending. It also waits for earlier events of its user.",
  })
  nextAttemptAt: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  lastAttemptAt: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: "The HTTP status of the last answer; null when there was none.",
  })
  lastStatus: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the last attempt failed, and what to do; null after a success.",
  })
  lastError: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The first 1,000 characters of the last answer's body.",
  })
  lastAnswer: string | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  deliveredAt: Date | null;

  @Field(() => String, { description: "The body that is sent, the same at every attempt." })
  requestBody: string;
}

@ArgsType()
export class DeliveriesArguments extends PageArguments {
  @Field(() => ID, { nullable: true })
  endpointId?: string | null;

  @Field(() => DeliveryStates, { nullable: true })
  state?: `${DeliveryStates}` | null;

  @Field(() => ID, { nullable: true, description: "Events of this user; a merge is found by both ids." })
  userId?: string | null;

  @Field(() => Boolean, { defaultValue: false })
  newestFirst: boolean;
}

@ObjectType({ simpleResolvers: true })
class WebhookDeliveryEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => WebhookDeliveryView)
  node: WebhookDeliveryView;
}

@admin
@ObjectType({ description: "Deliveries in the order that was asked for.", simpleResolvers: true })
export class WebhookDeliveryConnection {
  @Field(() => [WebhookDeliveryEdge])
  edges: WebhookDeliveryEdge[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}
