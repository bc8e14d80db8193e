/** Fields of users, sessions and their list that are not simply columns; both graphs have them. */
import { GraphQLDateTime, GraphQLJSONObject } from "graphql-scalars";
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root } from "type-graphql";
import { ApiKey } from "../entities/api-key.ts";
import { Identity } from "../entities/identity.ts";
import { Session } from "../entities/session.ts";
import { User } from "../entities/user.ts";
import { sessionExpiresAt, userExpiresAt } from "../identity/lifetimes.ts";
import { Access } from "./access.ts";
import { pageSize } from "./connection.ts";
import type { GraphContext } from "./context.ts";
import { countUserPage, UserConnection } from "./user-connection.ts";

@Resolver(() => User)
export class UserResolver {
  @Access("public")
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "When this user is deleted if it stays anonymous; null for users that are not.",
  })
  expiresAt(@Root() user: User, @Ctx() { services }: GraphContext): Date | null {
    return userExpiresAt(user, services.policy);
  }

  @Access("public")
  @FieldResolver(() => Boolean)
  disabled(@Root() user: User): boolean {
    return user.disabledAt !== null;
  }

  @Access("public")
  @FieldResolver(() => [ID], { description: "Ids that this user had before merges; they resolve to it." })
  formerIds(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<string[]> {
    return loaders.formerIds.load(user.id);
  }

  @Access("public")
  @FieldResolver(() => [ID], {
    description: "Every id that finds this user: the one it has now, then those of before merges.",
  })
  async ids(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<string[]> {
    return [user.id, ...(await loaders.formerIds.load(user.id))];
  }

  @Access("owner")
  @FieldResolver(() => GraphQLDateTime, { nullable: true, description: "For the user and operators." })
  lastLoginAt(@Root() user: User): Date | null {
    return user.lastLoginAt;
  }

  @Access("owner")
  @FieldResolver(() => GraphQLJSONObject, {
    nullable: true,
    description:
      "For the user and operators: what the providers said, such as a name; null when they said nothing.",
  })
  profile(@Root() user: User): User["profile"] {
    return user.profile;
  }

  @Access("owner")
  @FieldResolver(() => [Identity], { description: "For the user and operators; oldest first." })
  identities(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<Identity[]> {
    return loaders.identities.load(user.id);
  }

  @Access("owner")
  @FieldResolver(() => [Session], { description: "For the user and operators; live ones, newest first." })
  sessions(
    @Root() user: User,
    @Ctx() { loaders }: GraphContext,
    @Arg("first", () => Int, { nullable: true, description: "From 0 to 100; 50 when left out." })
    first?: number | null,
    @Arg("after", () => String, {
      nullable: true,
      description: "The id of the last session of the page before.",
    })
    after?: string | null,
  ): Promise<Session[]> {
    return loaders.sessionsOf(user.id, {
      first: pageSize(first, SESSIONS_PAGE),
      after: after ?? null,
    });
  }

  @Access("owner")
  @FieldResolver(() => [ApiKey], { description: "For the user and operators; oldest first." })
  apiKeys(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<ApiKey[]> {
    return loaders.apiKeys.load(user.id);
  }
}

/** More than a person has, so that a list without pages shows them all. */
const SESSIONS_PAGE = 50;

@Resolver(() => Session)
export class SessionResolver {
  @Access("owner")
  @FieldResolver(() => Boolean, { description: "Whether this request belongs to it." })
  current(@Root() session: Session, @Ctx() { own }: GraphContext): boolean {
    return own.sessionIds.includes(session.id);
  }

  @Access("owner")
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "When it ends unless it is refreshed.",
  })
  async expiresAt(
    @Root() session: Session,
    @Ctx() { loaders, services }: GraphContext,
  ): Promise<Date | null> {
    const user = await loaders.users.load(session.userId);
    return user && sessionExpiresAt({ user, session }, services.policy);
  }
}

@Resolver(() => UserConnection)
export class UserConnectionResolver {
  @Access("admin")
  @FieldResolver(() => Int, { description: "How many match the filter; counted only when asked for." })
  totalCount(@Root() connection: UserConnection, @Ctx() context: GraphContext): Promise<number> {
    return countUserPage(context, connection);
  }
}
