/** The list of users, the same in both graphs. */
import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Extensions, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { User } from "../entities/user.ts";
import { countUsers, listUsers, type UserCursor, type UserQuery } from "../identity/users/user-list.ts";
import { decodeCursor } from "../text/cursor.ts";
import { type Page, PageInfo, pageSize, toPage } from "./connection.ts";
import type { GraphContext } from "./context.ts";

@InputType({ description: "A user must match every condition that is set." })
export class UserFilter {
  @Field(() => ID, { nullable: true, description: "Has this id or former id." })
  id?: string | null;

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
    description: "Has an identity whose email starts with this, ignoring case.",
  })
  email?: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "Anonymous users that expire before this time.",
  })
  expiresBefore?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Can log in with this provider only, and would lose access if the draft were deployed, as counted in `ProviderImpact.usersLosingAccess`.",
  })
  losingAccessByDraft?: string | null;
}

@ArgsType()
export class UsersArguments {
  @Field(() => Int, { nullable: true, description: "Page size, 0 to 100. Default: 20." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "The `endCursor` of the page before." })
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

  /** Read by UserConnectionResolver, which counts only if the field is selected. */
  query: UserQuery | null;
}

const isUserCursor = (value: unknown): value is UserCursor =>
  Number.isSafeInteger((value as UserCursor | null)?.createdAt) &&
  typeof (value as UserCursor).id === "string";

export async function findUserPage(
  { services }: GraphContext,
  request: UsersArguments,
): Promise<UserConnection> {
  const size = pageSize(request.first);
  const query = await toUserQuery(services, request.filter ?? {});
  const after = request.after ? decodeCursor(request.after, isUserCursor) : null;
  const users = query === null ? [] : await listUsers(services, { query, after, limit: size + 1 });
  const page: Page<User> = toPage(users, size, (user) => ({ createdAt: +user.createdAt, id: user.id }));
  return { ...page, query };
}

export const countUserPage = async (
  { services }: GraphContext,
  { query }: UserConnection,
): Promise<number> => (query === null ? 0 : countUsers(services, query));

/** Null if no user can match: there is no draft, or the provider stays enabled in it. */
async function toUserQuery(
  { deployments }: GraphContext["services"],
  { losingAccessByDraft: provider, ...query }: UserFilter,
): Promise<UserQuery | null> {
  if (!provider) return query;
  const signInMethods = await deployments.draftedSignInMethods();
  if (!signInMethods) return null;
  const goesOff = signInMethods.before.includes(provider) && !signInMethods.after.includes(provider);
  return goesOff ? { ...query, onlySignInMethod: { provider, others: signInMethods.after } } : null;
}
