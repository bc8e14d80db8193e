/** Purge receipts, as operators see them. */
import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Extensions, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { PageInfo } from "../../schema/connection.ts";
import { PageArguments } from "./events.types.ts";

const admin = Extensions({ access: "admin" });

enum ReceiptStates {
  OUTSTANDING = "OUTSTANDING",
  RECEIVED = "RECEIVED",
  OVERDUE = "OVERDUE",
}
registerEnumType(ReceiptStates, {
  name: "ReceiptState",
  valuesConfig: {
    OUTSTANDING: { description: "Not received yet." },
    RECEIVED: { description: "The endpoint confirmed." },
    OVERDUE: { description: "Not received within seven days." },
  },
});

@admin
@ObjectType("PurgeReceipt", {
  description:
    "What an endpoint owes for a deleted, expired or merged user: the confirmation that it purged or moved the user's data. Kept for `AUDIT_DAYS`.",
  simpleResolvers: true,
})
export class PurgeReceiptView {
  @Field(() => ID)
  id: string;

  @Field(() => ID)
  eventId: string;

  @Field(() => String)
  eventType: string;

  @Field(() => ID, { description: "The endpoint may since have been deleted." })
  endpointId: string;

  @Field(() => String, { nullable: true, description: "The endpoint's description at that time." })
  endpointDescription: string | null;

  @Field(() => ID, { description: "The deleted or expired user; after a merge, the user that remains." })
  userId: string;

  @Field(() => ID, { nullable: true, description: "The anonymous user that was merged; null otherwise." })
  formerUserId: string | null;

  @Field(() => GraphQLDateTime)
  requestedAt: Date;

  @Field(() => GraphQLDateTime, {
    description: "Seven days after the request. Not received by then, it is overdue.",
  })
  dueAt: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  receivedAt: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "What the endpoint answered as `receipt`, if anything.",
  })
  receipt: string | null;

  @Field(() => ReceiptStates)
  state: `${ReceiptStates}`;
}

@ArgsType()
export class ReceiptsArguments extends PageArguments {
  @Field(() => ID, {
    nullable: true,
    description: "The user that is gone; a merge is also found by the user that remains.",
  })
  userId?: string | null;

  @Field(() => ID, { nullable: true })
  endpointId?: string | null;

  @Field(() => ReceiptStates, { nullable: true })
  state?: `${ReceiptStates}` | null;

  @Field(() => Boolean, { defaultValue: false })
  newestFirst: boolean;
}

@ObjectType({ simpleResolvers: true })
class PurgeReceiptEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => PurgeReceiptView)
  node: PurgeReceiptView;
}

@admin
@ObjectType({ description: "Purge receipts in the order that was asked for.", simpleResolvers: true })
export class PurgeReceiptConnection {
  @Field(() => [PurgeReceiptEdge])
  edges: PurgeReceiptEdge[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

@admin
@ObjectType({ simpleResolvers: true })
export class OwedReceipts {
  @Field(() => Int, { description: "Not received yet, and not overdue." })
  outstanding: number;

  @Field(() => Int, { description: "Not received within seven days." })
  overdue: number;
}
