/** Login, linking, merging, refresh and logout. The rules are in identity/. */
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { User } from "../entities/user.ts";
import { type LinkOutcome, linkIdentity } from "../identity/linking/linking.ts";
import { mergeUser } from "../identity/linking/merging.ts";
import { unlinkIdentity } from "../identity/linking/unlinking.ts";
import { loginAnonymously } from "../identity/login/anonymous-login.ts";
import { login } from "../identity/login/login.ts";
import { endSession, logout } from "../identity/sessions/logout.ts";
import { refreshSession } from "../identity/sessions/refresh.ts";
import { deleteCaller } from "../identity/users/users.ts";
import { Access } from "../schema/access.ts";
import { type GraphContext, reload, requireCaller, reveal } from "../schema/context.ts";
import { Credentials, readCredentials } from "./credentials.ts";
import {
  AuthPayload,
  AuthProvider,
  DeleteMePayload,
  IdentityConflict,
  LinkIdentityResult,
  LogoutPayload,
  LogoutScope,
} from "./payloads.ts";

/** The outcome of a link as a member of `LinkIdentityResult`. */
export const showLinkOutcome = (
  context: GraphContext,
  { linked, conflict }: LinkOutcome,
): AuthPayload | IdentityConflict =>
  linked ? AuthPayload.from(reveal(context, linked)) : Object.assign(new IdentityConflict(), conflict);

@Resolver()
export class AuthenticationResolver {
  @Access("public")
  @Query(() => [AuthProvider], { description: "The providers that are enabled." })
  authProviders(@Ctx() { services }: GraphContext): AuthProvider[] {
    return services.providers.enabledProviders();
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description: "Creates an anonymous user and logs it in. Every call creates a new user.",
  })
  async loginAnonymous(
    @Arg("idempotencyKey", () => String, {
      nullable: true,
      description:
        "At least 16 unguessable characters, such as a random UUID. Calls with the same key within a minute return the same user.",
    })
    idempotencyKey: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, client } = context;
    const request = { provider: "anon-user", client, idempotencyKey: idempotencyKey ?? null };
    return AuthPayload.from(reveal(context, await loginAnonymously(services, request)));
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description: "Logs in with credentials. The first login creates the user.",
  })
  async login(
    @Arg("credentials", () => Credentials) input: Credentials,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, client } = context;
    return AuthPayload.from(reveal(context, await login(services, { ...readCredentials(input), client })));
  }

  @Access("user")
  @Mutation(() => LinkIdentityResult, {
    description:
      "Links an identity to the current user. The user id and the session stay the same. An anonymous user becomes a permanent one: the answer holds the session's next refresh token, and the user's other sessions end.",
  })
  async linkIdentity(
    @Arg("credentials", () => Credentials) input: Credentials,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload | IdentityConflict> {
    const { services, client } = context;
    const request = { ...readCredentials(input), caller: requireCaller(context), client };
    return showLinkOutcome(context, await linkIdentity(services, request));
  }

  @Access("user")
  @Mutation(() => AuthPayload, {
    description:
      "Merges the current, anonymous user into the user of an `IdentityConflict`. The anonymous user's id becomes a former id of that user.",
  })
  async mergeUser(
    @Arg("ticket", () => String, {
      description: "The `mergeTicket` of the conflict. It works only in the session that got it.",
    })
    mergeTicket: string,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, client } = context;
    const request = { caller: requireCaller(context), mergeTicket, client };
    return AuthPayload.from(reveal(context, await mergeUser(services, request)));
  }

  @Access("recent")
  @Mutation(() => User, {
    description:
      "Unlinks an identity from the current user. The user's only sign-in method cannot be unlinked (LAST_IDENTITY).",
  })
  async unlinkIdentity(
    @Arg("identityId", () => ID) identityId: string,
    @Ctx() context: GraphContext,
  ): Promise<User> {
    const { services } = context;
    const request = { caller: requireCaller(context), identityId };
    return reload(context, await unlinkIdentity(services, request));
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description: "Exchanges a refresh token for new tokens of the same session. Needs no access token.",
  })
  async refreshSession(
    @Arg("refreshToken", () => String) refreshToken: string,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, client } = context;
    return AuthPayload.from(reveal(context, await refreshSession(services, { refreshToken, client })));
  }

  @Access("user")
  @Mutation(() => LogoutPayload, {
    description: "Ends sessions of the current user. An anonymous user that logs out can never log in again.",
  })
  async logout(
    @Arg("scope", () => LogoutScope, { defaultValue: LogoutScope.CURRENT }) scope: LogoutScope,
    @Ctx() context: GraphContext,
  ): Promise<LogoutPayload> {
    return { sessionsEnded: await logout(context.services, requireCaller(context), scope) };
  }

  @Access("user")
  @Mutation(() => LogoutPayload, {
    description: "Ends one session of the current user, such as that of a lost phone.",
  })
  async endSession(
    @Arg("sessionId", () => ID) sessionId: string,
    @Ctx() context: GraphContext,
  ): Promise<LogoutPayload> {
    await endSession(context.services, requireCaller(context), sessionId);
    return { sessionsEnded: 1 };
  }

  @Access("recent")
  @Mutation(() => DeleteMePayload, {
    description: "Deletes the current user with its identities and sessions. This cannot be undone.",
  })
  async deleteMe(@Ctx() context: GraphContext): Promise<DeleteMePayload> {
    return { deletedUserId: await deleteCaller(context.services, requireCaller(context)) };
  }
}
