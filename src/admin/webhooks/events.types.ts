/** Events, as servers and operators see them. */
import { GraphQLDateTime, GraphQLJSONObject } from "graphql-scalars";
import { ArgsType, Extensions, Field, ID, Int, ObjectType } from "type-graphql";
import { eventTypes } from "../../events/event-types.ts";
import { PageInfo } from "../../schema/connection.ts";

export const ALL_TYPES = Object.keys(eventTypes)
  .map((type) => `\`${type}\``)
  .join(", ");

@Extensions({ access: "server" })
@ObjectType("Event", {
  description:
    "Something that happened to a user, as subscribers receive it. It has no email and no profile.",
  simpleResolvers: true,
})
export class EventView {
  @Field(() => ID, { description: "The `webhook-id` of its deliveries." })
  id: string;

  @Field(() => String, { description: `One of ${ALL_TYPES}; \`webhook.test\` in deliveries of tests.` })
  type: string;

  @Field(() => GraphQLDateTime)
  at: Date;

  @Field(() => GraphQLJSONObject, {
    description: "What happened; it depends on the type.",
  })
  data: Record<string, unknown>;
}

@ObjectType({ simpleResolvers: true })
class EventEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => EventView)
  node: EventView;
}

@Extensions({ access: "server" })
@ObjectType({ description: "Events, oldest first.", simpleResolvers: true })
export class EventConnection {
  @Field(() => [EventEdge])
  edges: EventEdge[];

  @Field(() => PageInfo, {
    description:
      "`endCursor` is never null: after an empty page, ask again with it for what has happened since.",
  })
  pageInfo: PageInfo;
}

@ArgsType()
export class PageArguments {
  @Field(() => Int, { nullable: true, description: "Page size, 0 to 100. Default: 20." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "The `endCursor` of the page before." })
  after?: string | null;
}

@ArgsType()
export class EventsArguments extends PageArguments {
  @Field(() => [String], { nullable: true, description: "Any of these types. Default: all." })
  types?: string[] | null;
}
