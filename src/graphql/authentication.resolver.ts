/** Logging in, linking, refreshing, logging out: the doors to identity/. */
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

/** What a link leads to, as the graph shows it. */
export const showLinkOutcome = (
  context: GraphContext,
  { linked, conflict }: LinkOutcome,
): AuthPayload | IdentityConflict =>
  linked ? AuthPayload.from(reveal(context, linked)) : Object.assign(new IdentityConflict(), conflict);

@Resolver()
export class AuthenticationResolver {
  @Access("public")
  @Query(() => [AuthProvider], { description: "The ways in that are on now." })
  authProviders(@Ctx() { services }: GraphContext): AuthProvider[] {
    return services.providers.enabledProviders();
  }

  @Access("public")
  @Mutation(() => AuthPayload, { description: "A new user, every time." })
  async loginAnonymous(
    @Arg("idempotencyKey", () => String, {
      nullable: true,
      description:
        "At least 16 characters that nobody can guess. Calls with the same key within a minute are one user.",
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
    description: "Logs in as the user that the credentials belong to; a new one at the first time.",
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
      "Adds a way in to the caller, whose user id and session stay. An anonymous caller becomes permanent: the answer has the session's next refresh token, and the user's other sessions end.",
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
      "Makes the anonymous caller part of the user that a conflict was about. The caller's id becomes a former id.",
  })
  async mergeUser(
    @Arg("ticket", () => String, { description: "Of an IdentityConflict that this session got." })
    mergeTicket: string,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, client } = context;
    const request = { caller: requireCaller(context), mergeTicket, client };
    return AuthPayload.from(reveal(context, await mergeUser(services, request)));
  }

  @Access("recent")
  @Mutation(() => User, {
    description: "Takes a way in from the caller; one that can log in is always left.",
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
    description: "The next tokens of a session. Send it without an access token.",
  })
  async refreshSession(
    @Arg("refreshToken", () => String) refreshToken: string,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, client } = context;
    return AuthPayload.from(reveal(context, await refreshSession(services, { refreshToken, client })));
  }

  @Access("user")
  @Mutation(() => LogoutPayload, { description: "An anonymous user that logs out cannot be reached again." })
  async logout(
    @Arg("scope", () => LogoutScope, { defaultValue: LogoutScope.CURRENT }) scope: LogoutScope,
    @Ctx() context: GraphContext,
  ): Promise<LogoutPayload> {
    return { sessionsEnded: await logout(context.services, requireCaller(context), scope) };
  }

  @Access("user")
  @Mutation(() => LogoutPayload, {
    description: "Ends one session of the caller, such as that of a lost phone.",
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
    description: "Deletes the caller with its identities and sessions. It cannot be undone.",
  })
  async deleteMe(@Ctx() context: GraphContext): Promise<DeleteMePayload> {
    return { deletedUserId: await deleteCaller(context.services, requireCaller(context)) };
  }
}
