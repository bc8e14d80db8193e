/** The list of users, the same in both graphs. */
import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Extensions, Field, InputType, Int, ObjectType } from "type-graphql";
import { User } from "../entities/user.ts";
import { countUsers, listUsers, type UserCursor, type UserQuery } from "../identity/users.ts";
import { decodeCursor, type Page, PageInfo, pageSize, toPage } from "./connection.ts";
import type { GraphContext } from "./context.ts";

@InputType({ description: "Every condition that is given must hold." })
export class UserFilter implements UserQuery {
  @Field(() => String, { nullable: true, description: "Has an identity of this provider." })
  provider?: string | null;

  @Field(() => Boolean, { nullable: true })
  isAnonymous?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  disabled?: boolean | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Created at this time or later." })
  createdFrom?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Created before this time." })
  createdBefore?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "Has an identity whose e-mail contains this, without case.",
  })
  email?: string | null;
}

@ArgsType()
export class UsersArguments {
  @Field(() => Int, { nullable: true, description: "From 0 to 100; 20 when left out." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "The cursor to go on after." })
  after?: string | null;

  @Field(() => UserFilter, { nullable: true })
  filter?: UserFilter | null;
}

@ObjectType({ simpleResolvers: true })
class UserEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => User)
  node: User;
}

@Extensions({ access: "admin" })
@ObjectType({ description: "Users, newest first.", simpleResolvers: true })
export class UserConnection {
  @Field(() => [UserEdge])
  edges: UserEdge[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;

  /** Read by UserConnectionResolver; counting is only done when asked for. */
  query: UserQuery;
}

const isUserCursor = (value: unknown): value is UserCursor =>
  Number.isSafeInteger((value as UserCursor | null)?.createdAt) &&
  typeof (value as UserCursor).id === "string";

export async function findUserPage(
  { services }: GraphContext,
  request: UsersArguments,
): Promise<UserConnection> {
  const size = pageSize(request.first);
  const query: UserQuery = request.filter ?? {};
  const after = request.after ? decodeCursor(request.after, isUserCursor) : null;
  const users = await listUsers(services.reads, { query, after, limit: size + 1 });
  const page: Page<User> = toPage(users, size, (user) => ({ createdAt: +user.createdAt, id: user.id }));
  return { ...page, query };
}

export const countUserPage = ({ services }: GraphContext, { query }: UserConnection): Promise<number> =>
  countUsers(services.reads, query);
