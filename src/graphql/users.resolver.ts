import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Args, Ctx, ID, Query, Resolver } from "type-graphql";
import { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import { Access } from "../schema/access.ts";
import { type GraphContext, requireCaller } from "../schema/context.ts";
import { findUserPage, UserConnection, UsersArguments } from "../schema/user-connection.ts";

@Resolver()
export class UsersResolver {
  @Access("public")
  @Query(() => User, { nullable: true, description: "The current user; null without an access token." })
  me(@Ctx() { caller }: GraphContext): User | null {
    return caller?.user ?? null;
  }

  @Access("public")
  @Query(() => User, {
    nullable: true,
    description: "Finds a user by id or former id. Requires the access token of that user, or an admin key.",
  })
  async user(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<User | null> {
    if (!context.admin) requireCaller(context);
    const user = await context.loaders.users.load(id);
    if (context.admin || (user && context.own.userIds.includes(user.id))) return user;
    throw new PasserbyError("FORBIDDEN");
  }

  @Access("recent")
  @Query(() => GraphQLJSONObject, {
    description:
      "Everything that the gateway holds about the current user, without secrets: identities, sessions, API keys, audit events and events. Each list has at most 500 rows, the newest.",
  })
  exportMe(@Ctx() context: GraphContext): Promise<Record<string, unknown>> {
    return context.loaders.exports.load(requireCaller(context).user.id);
  }

  @Access("admin")
  @Query(() => UserConnection, { description: "Users, newest first. Requires an admin key." })
  users(
    @Args(() => UsersArguments) request: UsersArguments,
    @Ctx() context: GraphContext,
  ): Promise<UserConnection> {
    return findUserPage(context, request);
  }
}
