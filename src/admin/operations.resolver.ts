/** Users, keys and expiry. */
import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { AdminKey } from "../entities/admin-key.ts";
import { User } from "../entities/user.ts";
import { unlinkIdentityOf } from "../identity/linking/unlinking.ts";
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
  @Query(() => UserConnection, { description: "Users, newest first." })
  users(
    @Args(() => UsersArguments) request: UsersArguments,
    @Ctx() context: GraphContext,
  ): Promise<UserConnection> {
    return findUserPage(context, request);
  }

  @Access("admin")
  @Query(() => User, {
    nullable: true,
    description: "Finds a user by id or former id; null if there is none.",
  })
  user(@Arg("id", () => ID) id: string, @Ctx() { loaders }: GraphContext): Promise<User | null> {
    return loaders.users.load(id);
  }

  @Access("admin")
  @Query(() => [SigningKeyType], { description: "The signing keys in the JWKS, newest first." })
  signingKeys(@Ctx() { services }: GraphContext): SigningKeyType[] {
    return services.signingKeys.list();
  }

  @Access("admin")
  @Query(() => [AdminKey], {
    description: "The admin keys, newest first, without the key in the setting ADMIN_KEY.",
  })
  adminKeys(@Ctx() { services }: GraphContext): Promise<AdminKey[]> {
    return services.adminKeys.list();
  }

  @Access("admin")
  @Mutation(() => User, {
    description: "Disables a user: logins and tokens are rejected at once, on every gateway.",
  })
  disableUser(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<User> {
    return setUserDisabled(context.services, context, { id, disabled: true });
  }

  @Access("admin")
  @Mutation(() => User, { description: "Enables a disabled user." })
  enableUser(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<User> {
    return setUserDisabled(context.services, context, { id, disabled: false });
  }

  @Access("admin")
  @Mutation(() => ID, {
    description: "Deletes a user with its identities, sessions and API keys. Returns the user's id.",
  })
  deleteUser(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<string> {
    return deleteUser(context.services, context, { id });
  }

  @Access("admin")
  @Mutation(() => User, {
    description:
      "Removes an identity from its user, with its password, passkey or API key, and ends the sessions that started through its provider. The last sign-in method stays (LAST_IDENTITY).",
  })
  async unlinkIdentity(
    @Arg("userId", () => ID) userId: string,
    @Arg("identityId", () => ID) identityId: string,
    @Ctx() context: GraphContext,
  ): Promise<User> {
    const { services, loaders } = context;
    const { id } = await getUser(services.reads, userId);
    const user = await unlinkIdentityOf(services, context, { userId: id, identityId });
    loaders.reload(user);
    return user;
  }

  @Access("admin")
  @Mutation(() => Int, { description: "Ends all sessions of a user. Returns how many ended." })
  async revokeSessions(
    @Arg("userId", () => ID) userId: string,
    @Ctx() context: GraphContext,
  ): Promise<number> {
    const { services } = context;
    const user = await getUser(services.reads, userId);
    return revokeSessions(services, context, { userId: user.id });
  }

  @Access("admin")
  @Mutation(() => Boolean, {
    description: "Ends one session of any user. Returns whether it was active.",
  })
  async endSession(
    @Arg("sessionId", () => ID) sessionId: string,
    @Ctx() context: GraphContext,
  ): Promise<boolean> {
    return (await revokeSession(context.services, context, { sessionId })) !== null;
  }

  @Access("admin")
  @Mutation(() => ExpiryReport, {
    description:
      "Deletes expired anonymous users now, or in a dry run, counts them. A running gateway does so every 15 minutes.",
  })
  expireAnonymousUsers(
    @Arg("dryRun", () => Boolean, { defaultValue: true }) dryRun: boolean,
    @Ctx() context: GraphContext,
  ): Promise<ExpiryReport> {
    return runExpiry(context.services, context, { dryRun });
  }

  @Access("admin")
  @Mutation(() => SigningKeyType, {
    description:
      "Publishes the next signing key in the JWKS. It signs from `signsFrom` on, when the cached JWKS of all verifiers have been refreshed. Issued tokens stay valid.",
  })
  rotateSigningKey(@Ctx() context: GraphContext): Promise<SigningKeyType> {
    return context.services.signingKeys.rotate(context);
  }

  @Access("admin")
  @Mutation(() => CreatedAdminKey, { description: "Creates an admin key." })
  createAdminKey(
    @Arg("name", () => String) name: string,
    @Ctx() context: GraphContext,
  ): Promise<CreatedAdminKey> {
    return context.services.adminKeys.create(context, name);
  }

  @Access("admin")
  @Mutation(() => Boolean, {
    description: "Revokes an admin key. Returns false if there was no such key or it was already revoked.",
  })
  revokeAdminKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<boolean> {
    return context.services.adminKeys.revoke(context, id);
  }
}
