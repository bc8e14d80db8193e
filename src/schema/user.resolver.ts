/** Resolvers of the fields of users and sessions that are not columns, for both graphs. */
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
    description: "When the user is deleted if it stays anonymous; null for permanent users.",
  })
  expiresAt(@Root() user: User, @Ctx() { services }: GraphContext): Date | null {
    return userExpiresAt(user, services.policy);
  }

  @Access("public")
  @FieldResolver(() => Boolean, {
    description: "Whether an operator has disabled the user: logins and tokens are rejected.",
  })
  disabled(@Root() user: User): boolean {
    return user.disabledAt !== null;
  }

  @Access("public")
  @FieldResolver(() => [ID], {
    description: "Ids of the anonymous users that were merged into this one. They resolve to this user.",
  })
  formerIds(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<string[]> {
    return loaders.formerIds.load(user.id);
  }

  @Access("public")
  @FieldResolver(() => [ID], {
    description: "All ids that resolve to this user: `id`, then `formerIds`.",
  })
  async ids(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<string[]> {
    return [user.id, ...(await loaders.formerIds.load(user.id))];
  }

  @Access("owner")
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "Null if the user has never logged in.",
  })
  lastLoginAt(@Root() user: User): Date | null {
    return user.lastLoginAt;
  }

  @Access("owner")
  @FieldResolver(() => GraphQLJSONObject, {
    nullable: true,
    description: "Profile data from the providers, such as a name; null if there is none.",
  })
  profile(@Root() user: User): User["profile"] {
    return user.profile;
  }

  @Access("owner")
  @FieldResolver(() => [Identity], { description: "Oldest first." })
  identities(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<Identity[]> {
    return loaders.identities.load(user.id);
  }

  @Access("owner")
  @FieldResolver(() => [Session], {
    description: "Active sessions, newest first.",
  })
  sessions(
    @Root() user: User,
    @Ctx() { loaders }: GraphContext,
    @Arg("first", () => Int, { nullable: true, description: "Page size, 0 to 100. Default: 50." })
    first?: number | null,
    @Arg("after", () => String, {
      nullable: true,
      description: "The id of the last session of the previous page.",
    })
    after?: string | null,
  ): Promise<Session[]> {
    return loaders.sessionsOf(user.id, {
      first: pageSize(first, SESSIONS_PAGE),
      after: after ?? null,
    });
  }

  @Access("owner")
  @FieldResolver(() => [ApiKey], { description: "Oldest first." })
  apiKeys(@Root() user: User, @Ctx() { loaders }: GraphContext): Promise<ApiKey[]> {
    return loaders.apiKeys.load(user.id);
  }
}

@Resolver(() => Identity)
export class IdentityResolver {
  @Access("owner")
  @FieldResolver(() => Boolean, {
    nullable: true,
    description:
      "Whether a passkey is on more than one device, as it said at the last use: without, it is lost with its device. Null for identities of other providers.",
  })
  async isBackedUp(@Root() { id }: Identity, @Ctx() { loaders }: GraphContext): Promise<boolean | null> {
    return (await loaders.passkeys.load(id))?.isBackedUp ?? null;
  }
}

/** More sessions than a person has, so that most clients need no pagination. */
const SESSIONS_PAGE = 50;

@Resolver(() => Session)
export class SessionResolver {
  @Access("owner")
  @FieldResolver(() => Boolean, { description: "Whether it is the session of this request." })
  current(@Root() session: Session, @Ctx() { own }: GraphContext): boolean {
    return own.sessionIds.includes(session.id);
  }

  @Access("owner")
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description:
      "When it expires unless it is refreshed; null for anonymous users, whose sessions last as long as the user.",
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
  @FieldResolver(() => Int, { description: "How many users match the filter. Counted only when selected." })
  totalCount(@Root() connection: UserConnection, @Ctx() context: GraphContext): Promise<number> {
    return countUserPage(context, connection);
  }
}
