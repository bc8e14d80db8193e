/** Audit events, as operators see them. */
import { GraphQLDateTime, GraphQLJSONObject } from "graphql-scalars";
import { ArgsType, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { type AuditAction, auditActions } from "../audit/actions.ts";
import type { AuditQuery } from "../audit/list-events.ts";
import type { AuditActorKind } from "../entities/audit-event.ts";
import { PageInfo } from "../schema/connection.ts";

const admin = Extensions({ access: "admin" });

export const AuditActions = Object.fromEntries(Object.keys(auditActions).map((name) => [name, name])) as {
  [Name in AuditAction]: Name;
};
registerEnumType(AuditActions, {
  name: "AuditAction",
  valuesConfig: Object.fromEntries(
    Object.entries(auditActions).map(([name, description]) => [name, { description }]),
  ),
});

enum AuditActorKinds {
  USER = "USER",
  OPERATOR = "OPERATOR",
  SYSTEM = "SYSTEM",
  VISITOR = "VISITOR",
}
registerEnumType(AuditActorKinds, {
  name: "AuditActorKind",
  valuesConfig: {
    USER: { description: "Somebody who was signed in, or had just logged in." },
    OPERATOR: { description: "With an admin key, or on the command line." },
    SYSTEM: { description: "A gateway by itself." },
    VISITOR: { description: "Nobody that is known." },
  },
});

enum AuditOutcome {
  DONE = "DONE",
  REFUSED = "REFUSED",
}
registerEnumType(AuditOutcome, { name: "AuditOutcome" });

@admin
@ObjectType({ simpleResolvers: true })
export class AuditActor {
  @Field(() => AuditActorKinds)
  kind: AuditActorKind;

  @Field(() => String, {
    nullable: true,
    description: "Of an operator: the admin key's, or who ran the command line.",
  })
  name: string | null;

  @Field(() => ID, { nullable: true, description: "Of a user." })
  userId: string | null;
}

@admin
@ObjectType("AuditEvent", {
  description: "Who did what to whom, when, and from where. It never changes.",
  simpleResolvers: true,
})
export class AuditEventView {
  @Field(() => ID)
  id: string;

  @Field(() => GraphQLDateTime)
  at: Date;

  @Field(() => AuditActions)
  action: AuditAction;

  @Field(() => AuditOutcome)
  outcome: `${AuditOutcome}`;

  @Field(() => String, { nullable: true, description: "The error code of a refusal; null when it was done." })
  code: string | null;

  @Field(() => AuditActor)
  actor: AuditActor;

  @Field(() => ID, {
    nullable: true,
    description: "Whom it was done to. The user may be deleted, or merged into another, since.",
  })
  userId: string | null;

  @Field(() => String, { nullable: true })
  provider: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What else it was done to: a deployment's version, or the id of a key, session or identity.",
  })
  target: string | null;

  @Field(() => String, { nullable: true })
  ipAddress: string | null;

  @Field(() => String, { nullable: true })
  userAgent: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "More facts, different for each action." })
  detail: Record<string, unknown> | null;
}

@InputType({ description: "Every condition that is given must hold." })
export class AuditEventFilter {
  @Field(() => [AuditActions], { nullable: true, description: "One of these." })
  actions?: AuditAction[] | null;

  @Field(() => String, { nullable: true, description: "By this operator's name, or user's id." })
  actor?: string | null;

  @Field(() => AuditActorKinds, { nullable: true })
  actorKind?: AuditActorKind | null;

  @Field(() => ID, {
    nullable: true,
    description: "To this user: by its id or a former one, also what happened before merges.",
  })
  userId?: string | null;

  @Field(() => String, { nullable: true })
  provider?: string | null;

  @Field(() => AuditOutcome, { nullable: true })
  outcome?: `${AuditOutcome}` | null;

  @Field(() => String, { nullable: true, description: "Refused with this error code." })
  code?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "At this time or later." })
  from?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Before this time." })
  before?: Date | null;
}

export const toAuditQuery = ({ outcome, ...query }: AuditEventFilter): AuditQuery => ({
  ...query,
  refused: outcome ? outcome === "REFUSED" : null,
});

@ArgsType()
export class AuditEventsArguments {
  @Field(() => Int, { nullable: true, description: "From 0 to 100; 20 when left out." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "The cursor to go on after." })
  after?: string | null;

  @Field(() => AuditEventFilter, { nullable: true })
  filter?: AuditEventFilter | null;
}

@ObjectType({ simpleResolvers: true })
class AuditEventEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => AuditEventView)
  node: AuditEventView;
}

@admin
@ObjectType({ description: "Events, newest first.", simpleResolvers: true })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge])
  edges: AuditEventEdge[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}
