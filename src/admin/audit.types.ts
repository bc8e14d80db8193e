/** Types of the audit log. */
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
    USER: { description: "A user with an access token, or one that just logged in." },
    OPERATOR: { description: "An operator, with an admin key or on the command line." },
    SYSTEM: { description: "The gateway itself, such as a scheduled job." },
    VISITOR: { description: "A client without an access token." },
  },
});

enum AuditOutcome {
  DONE = "DONE",
  FAILED = "FAILED",
}
registerEnumType(AuditOutcome, {
  name: "AuditOutcome",
  valuesConfig: {
    DONE: { description: "The action succeeded." },
    FAILED: { description: "The action failed with the error `code`, such as a failed login." },
  },
});

@admin
@ObjectType({ simpleResolvers: true })
export class AuditActor {
  @Field(() => AuditActorKinds)
  kind: AuditActorKind;

  @Field(() => String, {
    nullable: true,
    description: "For operators: the name of the admin key, or of the account that ran the command line.",
  })
  name: string | null;

  @Field(() => ID, { nullable: true, description: "For users: the user's id." })
  userId: string | null;
}

@admin
@ObjectType("AuditEvent", {
  description:
    "A record of an action: who did what, to which user, when, and from where. It is never changed.",
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

  @Field(() => String, {
    nullable: true,
    description: "The error code if the action failed; null if it succeeded.",
  })
  code: string | null;

  @Field(() => AuditActor)
  actor: AuditActor;

  @Field(() => ID, {
    nullable: true,
    description: "The user that the action was about. The user may since have been deleted or merged.",
  })
  userId: string | null;

  @Field(() => String, { nullable: true })
  provider: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The object of the action besides the user: a deployment's version, or the id of a key, session or identity.",
  })
  target: string | null;

  @Field(() => String, { nullable: true })
  ipAddress: string | null;

  @Field(() => String, { nullable: true })
  userAgent: string | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: "Further facts, which depend on the action.",
  })
  detail: Record<string, unknown> | null;
}

@InputType({ description: "An event must match every condition that is set." })
export class AuditEventFilter {
  @Field(() => [AuditActions], { nullable: true, description: "Any of these actions." })
  actions?: AuditAction[] | null;

  @Field(() => String, {
    nullable: true,
    description: "The name of the operator, or the id of the user, who performed the action.",
  })
  actor?: string | null;

  @Field(() => AuditActorKinds, { nullable: true })
  actorKind?: AuditActorKind | null;

  @Field(() => ID, {
    nullable: true,
    description: "About this user, by id or former id. Includes events of users that were merged into it.",
  })
  userId?: string | null;

  @Field(() => String, { nullable: true })
  provider?: string | null;

  @Field(() => AuditOutcome, { nullable: true })
  outcome?: `${AuditOutcome}` | null;

  @Field(() => String, { nullable: true, description: "Failed with this error code." })
  code?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Recorded at this time or later." })
  from?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Recorded before this time." })
  before?: Date | null;
}

export const toAuditQuery = ({ outcome, ...query }: AuditEventFilter): AuditQuery => ({
  ...query,
  failed: outcome ? outcome === "FAILED" : null,
});

@ArgsType()
export class AuditEventsArguments {
  @Field(() => Int, { nullable: true, description: "Page size, 0 to 100. Default: 20." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "The `endCursor` of the page before." })
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
@ObjectType({ description: "Audit events, newest first.", simpleResolvers: true })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge])
  edges: AuditEventEdge[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}
