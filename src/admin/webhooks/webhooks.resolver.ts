/** Events and their subscribers. */
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Event } from "../../entities/event.ts";
import type { PurgeReceipt } from "../../entities/purge-receipt.ts";
import { Access } from "../../schema/access.ts";
import { pageSize, toPage } from "../../schema/connection.ts";
import type { GraphContext } from "../../schema/context.ts";
import { decodeCursor } from "../../text/cursor.ts";
import { type LoadedDelivery, listDeliveries, redeliver, testEndpoint } from "../../webhooks/deliveries.ts";
import { bodyOf } from "../../webhooks/delivery/message.ts";
import {
  checkTypes,
  countDeliveries,
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  rotateSecret,
  updateEndpoint,
} from "../../webhooks/endpoints.ts";
import { countOwedReceipts, dueAt, listReceipts, receiptState } from "../../webhooks/receipts.ts";
import { EventConnection, EventsArguments } from "./events.types.ts";
import {
  OwedReceipts,
  PurgeReceiptConnection,
  type PurgeReceiptView,
  ReceiptsArguments,
} from "./purge-receipts.types.ts";
import {
  CreatedWebhookEndpoint,
  CreateWebhookEndpointInput,
  DeliveriesArguments,
  UpdateWebhookEndpointInput,
  WebhookDeliveryConnection,
  WebhookDeliveryView,
  WebhookEndpointView,
} from "./webhooks.types.ts";

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isId = (value: unknown): value is string => typeof value === "string";
/** Where lists begin: before the first position, and without an id to begin after. */
const [FIRST_POSITION, FIRST_ID] = [0, ""];

@Resolver(() => WebhookEndpointView)
export class WebhookEndpointsResolver {
  @Access("admin")
  @Query(() => [WebhookEndpointView], { description: "The webhook endpoints, oldest first." })
  webhookEndpoints(@Ctx() { services }: GraphContext): Promise<WebhookEndpointView[]> {
    return listEndpoints(services.reads);
  }

  @Access("admin")
  @Mutation(() => CreatedWebhookEndpoint, {
    description: "Creates an endpoint, to which events are delivered from now on. There are at most 50.",
  })
  createWebhookEndpoint(
    @Arg("input", () => CreateWebhookEndpointInput) input: CreateWebhookEndpointInput,
    @Ctx() context: GraphContext,
  ): Promise<CreatedWebhookEndpoint> {
    return createEndpoint(context.services, context, {
      url: input.url,
      types: input.types ?? null,
      requiresReceipt: input.requiresReceipt ?? false,
      description: input.description ?? null,
    });
  }

  @Access("admin")
  @Mutation(() => WebhookEndpointView, {
    description: "Changes an endpoint, disables it, or enables it again.",
  })
  updateWebhookEndpoint(
    @Arg("id", () => ID) id: string,
    @Arg("input", () => UpdateWebhookEndpointInput) input: UpdateWebhookEndpointInput,
    @Ctx() context: GraphContext,
  ): Promise<WebhookEndpointView> {
    const { url, types, requiresReceipt, description, disabled } = input;
    return updateEndpoint(context.services, context, {
      id,
      ...(url != null && { url }),
      ...(types !== undefined && { types }),
      ...(requiresReceipt != null && { requiresReceipt }),
      ...(description !== undefined && { description }),
      ...(disabled != null && { disabled }),
    });
  }

  @Access("admin")
  @Mutation(() => CreatedWebhookEndpoint, {
    description:
      "Makes a new signing secret. For 24 hours, deliveries are signed with the former one too: replace it at the endpoint meanwhile.",
  })
  rotateWebhookSecret(
    @Arg("id", () => ID) id: string,
    @Ctx() context: GraphContext,
  ): Promise<CreatedWebhookEndpoint> {
    return rotateSecret(context.services, context, id);
  }

  @Access("admin")
  @Mutation(() => ID, {
    description:
      "Deletes an endpoint with its deliveries. Receipts that it owes stay outstanding. Returns the endpoint's id.",
  })
  async deleteWebhookEndpoint(
    @Arg("id", () => ID) id: string,
    @Ctx() context: GraphContext,
  ): Promise<string> {
    await deleteEndpoint(context.services, context, id);
    return id;
  }

  @Access("admin")
  @Mutation(() => WebhookDeliveryView, {
    description:
      "Sends an event of type `webhook.test` to one endpoint, and returns after the attempt. It is not in `events`, and is not retried.",
  })
  testWebhookEndpoint(
    @Arg("id", () => ID) id: string,
    @Ctx() { services }: GraphContext,
  ): Promise<WebhookDeliveryView> {
    return testEndpoint(services, id).then(showDelivery);
  }

  @FieldResolver(() => Boolean, { description: "Whether it is disabled." })
  disabled(@Root() { disabledAt }: WebhookEndpointView): boolean {
    return disabledAt !== null;
  }

  @FieldResolver(() => Int, {
    description: "How many deliveries wait for an attempt; 100,000 stands for more too.",
  })
  pendingDeliveries(@Root() { id }: WebhookEndpointView, @Ctx() { services }: GraphContext): Promise<number> {
    return countDeliveries(services.reads, id, "PENDING");
  }

  @FieldResolver(() => Int, {
    description: "How many deliveries were given up; 100,000 stands for more too.",
  })
  parkedDeliveries(@Root() { id }: WebhookEndpointView, @Ctx() { services }: GraphContext): Promise<number> {
    return countDeliveries(services.reads, id, "PARKED");
  }
}

@Resolver()
export class EventsResolver {
  @Access("server")
  @Query(() => EventConnection, {
    description:
      "The events that webhooks deliver, to be read instead: oldest first, each once, kept for `EVENT_DAYS`. `user.created` is recorded only while it is read here or an endpoint takes it.",
  })
  async events(
    @Args(() => EventsArguments) { first, after, types }: EventsArguments,
    @Ctx() { services }: GraphContext,
  ): Promise<EventConnection> {
    const size = pageSize(first);
    const position = after ? decodeCursor(after, isPosition) : FIRST_POSITION;
    const events = await services.eventLog.list({
      after: position,
      limit: size + 1,
      types: types?.length === 0 ? [] : checkTypes(types ?? null),
    });
    return toPage<Event>(events, size, (event) => Number(event.position), position);
  }

  @Access("admin")
  @Query(() => WebhookDeliveryConnection, {
    description: "Deliveries to webhook endpoints, oldest first unless asked otherwise.",
  })
  async webhookDeliveries(
    @Args(() => DeliveriesArguments) { first, after, ...query }: DeliveriesArguments,
    @Ctx() { services }: GraphContext,
  ): Promise<WebhookDeliveryConnection> {
    const size = pageSize(first);
    const id = after ? decodeCursor(after, isId) : FIRST_ID;
    const deliveries = await listDeliveries(services.reads, {
      endpointId: query.endpointId ?? null,
      state: query.state ?? null,
      userId: query.userId ?? null,
      newestFirst: query.newestFirst,
      after: id,
      limit: size + 1,
    });
    return toPage(deliveries.map(showDelivery), size, (delivery) => delivery.id, id);
  }

  @Access("admin")
  @Mutation(() => WebhookDeliveryView, {
    description:
      "Delivers an event to its endpoint again, whatever became of it before, with the same `webhook-id`. It is attempted for three days.",
  })
  redeliver(
    @Arg("deliveryId", () => ID) deliveryId: string,
    @Ctx() { services }: GraphContext,
  ): Promise<WebhookDeliveryView> {
    return redeliver(services, deliveryId).then(showDelivery);
  }

  @Access("admin")
  @Query(() => PurgeReceiptConnection, {
    description:
      "What endpoints that require receipts owe or have confirmed, oldest first unless asked otherwise.",
  })
  async purgeReceipts(
    @Args(() => ReceiptsArguments) { first, after, ...query }: ReceiptsArguments,
    @Ctx() { services }: GraphContext,
  ): Promise<PurgeReceiptConnection> {
    const size = pageSize(first);
    const id = after ? decodeCursor(after, isId) : FIRST_ID;
    const receipts = await listReceipts(services, {
      userId: query.userId ?? null,
      endpointId: query.endpointId ?? null,
      state: query.state ?? null,
      newestFirst: query.newestFirst,
      after: id,
      limit: size + 1,
    });
    const now = services.clock.now();
    const show = (receipt: PurgeReceipt): PurgeReceiptView =>
      Object.assign(receipt, { state: receiptState(receipt, now), dueAt: dueAt(receipt) });
    return toPage(receipts.map(show), size, (receipt) => receipt.id, id);
  }

  @Access("admin")
  @Query(() => OwedReceipts, { description: "How many purge receipts endpoints owe." })
  owedReceipts(@Ctx() { services }: GraphContext): Promise<OwedReceipts> {
    return countOwedReceipts(services);
  }
}

const showDelivery = (delivery: LoadedDelivery): WebhookDeliveryView => ({
  ...delivery,
  nextAttemptAt: delivery.state === "PENDING" ? delivery.nextAttemptAt : null,
  requestBody: bodyOf(delivery.event),
});
