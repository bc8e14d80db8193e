/** Users, keys and expiry, for operators. */
import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { AdminKey } from "../entities/admin-key.ts";
import { User } from "../entities/user.ts";
import { revokeSession, revokeSessions } from "../identity/sessions/logout.ts";
import { runExpiry } from "../identity/users/expiry-run.ts";
import { deleteUser, getUser, setUserDisabled } from "../identity/users/users.ts";
import { Access } from "../schema/access.ts";
import type { GraphContext } from "../schema/context.ts";
import { findUserPage, UserConnection, UsersArguments } from "../schema/user-connection.ts";
import { CreatedAdminKey, ExpiryReport, SigningKeyType } from "./types.ts";

@Resolver()
export class OperationsResolver {
  @Access("admin")
  @Query(() => UserConnection)
  users(
    @Args(() => UsersArguments) request: UsersArguments,
    @Ctx() context: GraphContext,
  ): Promise<UserConnection> {
    return findUserPage(context, request);
  }

  @Access("admin")
  @Query(() => User, { nullable: true, description: "By id or former id." })
  user(@Arg("id", () => ID) id: string, @Ctx() { loaders }: GraphContext): Promise<User | null> {
    return loaders.users.load(id);
  }

  @Access("admin")
  @Query(() => [SigningKeyType], { description: "The published keys, newest first." })
  signingKeys(@Ctx() { services }: GraphContext): SigningKeyType[] {
    return services.signingKeys.list();
  }

  @Access("admin")
  @Query(() => [AdminKey], { description: "Newest first. The key from ADMIN_KEY is not among them." })
  adminKeys(@Ctx() { services }: GraphContext): Promise<AdminKey[]> {
    return services.adminKeys.list();
  }

  @Access("admin")
  @Mutation(() => User, { description: "Its tokens are refused from now on, on every gateway." })
  disableUser(@Arg("id", () => ID) id: string, @Ctx() { services }: GraphContext): Promise<User> {
    return setUserDisabled(services, id, true);
  }

  @Access("admin")
  @Mutation(() => User)
  enableUser(@Arg("id", () => ID) id: string, @Ctx() { services }: GraphContext): Promise<User> {
    return setUserDisabled(services, id, false);
  }

  @Access("admin")
  @Mutation(() => ID, { description: "Deletes a user with all that belongs to it, and gives its id." })
  deleteUser(@Arg("id", () => ID) id: string, @Ctx() { services }: GraphContext): Promise<string> {
    return deleteUser(services, id);
  }

  @Access("admin")
  @Mutation(() => Int, { description: "Ends every session of a user, and gives how many." })
  async revokeSessions(
    @Arg("userId", () => ID) userId: string,
    @Ctx() { services }: GraphContext,
  ): Promise<number> {
    return revokeSessions(services, (await getUser(services.reads, userId)).id);
  }

  @Access("admin")
  @Mutation(() => Boolean, {
    description: "Ends one session of any user. Whether there was one that had not ended.",
  })
  async endSession(
    @Arg("sessionId", () => ID) sessionId: string,
    @Ctx() { services }: GraphContext,
  ): Promise<boolean> {
    return (await revokeSession(services, sessionId)) !== null;
  }

  @Access("admin")
  @Mutation(() => ExpiryReport, {
    description: "Deletes anonymous users that are old enough, or counts them.",
  })
  expireAnonymousUsers(
    @Arg("dryRun", () => Boolean, { defaultValue: true }) dryRun: boolean,
    @Ctx() { services }: GraphContext,
  ): Promise<ExpiryReport> {
    return runExpiry(services, { dryRun });
  }

  @Access("admin")
  @Mutation(() => SigningKeyType, {
    description: "Publishes the next key; it signs once every consumer's copy of the keys is renewed.",
  })
  rotateSigningKey(@Ctx() { services }: GraphContext): Promise<SigningKeyType> {
    return services.signingKeys.rotate();
  }

  @Access("admin")
  @Mutation(() => CreatedAdminKey)
  createAdminKey(
    @Arg("name", () => String) name: string,
    @Ctx() { services }: GraphContext,
  ): Promise<CreatedAdminKey> {
    return services.adminKeys.create(name);
  }

  @Access("admin")
  @Mutation(() => Boolean, { description: "Whether there was such a key that was not revoked." })
  revokeAdminKey(@Arg("id", () => ID) id: string, @Ctx() { services }: GraphContext): Promise<boolean> {
    return services.adminKeys.revoke(id);
  }
}
