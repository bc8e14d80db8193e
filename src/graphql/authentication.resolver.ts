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
import { clearDeadCookie, clearEndedCookie, requireCookieToken } from "./session-cookies.ts";

/** The outcome of a link as a member of `LinkIdentityResult`. */
export const showLinkOutcome = (
  context: GraphContext,
  { linked, conflict }: LinkOutcome,
): AuthPayload | IdentityConflict =>
  linked ? AuthPayload.from(reveal(context, linked)) : Object.assign(new IdentityConflict(), conflict);

@Resolver()
export class AuthenticationResolver {
  @Access("public")
  @Query(() => [AuthProvider], { description: "The providers that are enabled, for login screens." })
  authProviders(@Ctx() { services }: GraphContext): AuthProvider[] {
    return services.providers.enabledProviders();
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description:
      "Creates an anonymous user without credentials, and logs it in. Every call creates a new user. It is deleted at `User.expiresAt` unless an identity is linked before.",
  })
  async loginAnonymous(
    @Arg("idempotencyKey", () => String, {
      nullable: true,
      description:
        "At least 16 unguessable characters, such as a random UUID. Calls with the same key within a minute return the same user.",
    })
    idempotencyKey: string | null | undefined,
    @Arg("proofOfWork", () => String, {
      nullable: true,
      description:
        "After PROOF_OF_WORK_REQUIRED: base64 of the JSON `{ challenge, solution }`, where the challenge is that of `extensions.challenge`, an ALTCHA challenge of version 2. Valid once.",
    })
    proofOfWork: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services } = context;
    const request = {
      provider: "anon-user",
      idempotencyKey: idempotencyKey ?? null,
      proofOfWork: proofOfWork ?? null,
    };
    return AuthPayload.from(reveal(context, await loginAnonymously(services, context, request)));
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description:
      "Logs in with credentials. The first login with an identity creates its user. An email and password must be registered before, with `registerEmailPassword`.",
  })
  async login(
    @Arg("credentials", () => Credentials) input: Credentials,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services } = context;
    return AuthPayload.from(reveal(context, await login(services, context, readCredentials(input))));
  }

  @Access("user")
  @Mutation(() => LinkIdentityResult, {
    description:
      "Links an identity to the current user, which keeps its id and session. An email and password that are not registered yet are registered. An anonymous user becomes permanent: store the new refresh token of the response; the user's other sessions end. A permanent user needs a recent login (REAUTHENTICATION_REQUIRED).",
  })
  async linkIdentity(
    @Arg("credentials", () => Credentials) input: Credentials,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload | IdentityConflict> {
    const { services } = context;
    const request = { ...readCredentials(input), caller: requireCaller(context) };
    return showLinkOutcome(context, await linkIdentity(services, context, request));
  }

  @Access("user")
  @Mutation(() => AuthPayload, {
    description:
      "Merges the current, anonymous user into the user of an `IdentityConflict`, and logs in as that user. The anonymous user's sessions end, and its id becomes a former id of that user.",
  })
  async mergeUser(
    @Arg("ticket", () => String, {
      description: "The `mergeTicket` of the conflict. Only the session that received it can use it.",
    })
    mergeTicket: string,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services } = context;
    const request = { caller: requireCaller(context), mergeTicket };
    return AuthPayload.from(reveal(context, await mergeUser(services, context, request)));
  }

  @Access("recent")
  @Mutation(() => User, {
    description:
      "Unlinks an identity from the current user. The only identity that can log in cannot be unlinked (LAST_IDENTITY).",
  })
  async unlinkIdentity(
    @Arg("identityId", () => ID) identityId: string,
    @Ctx() context: GraphContext,
  ): Promise<User> {
    const { services } = context;
    const request = { caller: requireCaller(context), identityId };
    return reload(context, await unlinkIdentity(services, context, request));
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description: "Exchanges a refresh token for new tokens of the same session.",
  })
  async refreshSession(
    @Arg("refreshToken", () => String, {
      nullable: true,
      description: "Leave it out to use the session cookie, with the header `Passerby-Session: cookie`.",
    })
    given: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services } = context;
    const refreshToken = given ?? requireCookieToken(context);
    try {
      return AuthPayload.from(reveal(context, await refreshSession(services, context, { refreshToken })));
    } catch (error) {
      if (refreshToken !== given) clearDeadCookie(context, error);
      throw error;
    }
  }

  @Access("user")
  @Mutation(() => LogoutPayload, {
    description:
      "Ends sessions of the current user. An anonymous user has no credentials: once its sessions have ended, it cannot log in again.",
  })
  async logout(
    @Arg("scope", () => LogoutScope, { defaultValue: LogoutScope.CURRENT }) scope: LogoutScope,
    @Ctx() context: GraphContext,
  ): Promise<LogoutPayload> {
    const caller = requireCaller(context);
    const sessionsEnded = await logout(context.services, context, { caller, scope });
    if (scope !== LogoutScope.OTHERS) clearEndedCookie(context, caller.session.id);
    return { sessionsEnded };
  }

  @Access("user")
  @Mutation(() => LogoutPayload, {
    description: "Ends one session of the current user, such as that of a lost phone.",
  })
  async endSession(
    @Arg("sessionId", () => ID) sessionId: string,
    @Ctx() context: GraphContext,
  ): Promise<LogoutPayload> {
    await endSession(context.services, context, { caller: requireCaller(context), sessionId });
    clearEndedCookie(context, sessionId);
    return { sessionsEnded: 1 };
  }

  @Access("recent")
  @Mutation(() => DeleteMePayload, {
    description:
      "Deletes the current user with its identities, sessions and API keys. This cannot be undone.",
  })
  async deleteMe(@Ctx() context: GraphContext): Promise<DeleteMePayload> {
    const caller = requireCaller(context);
    const { id, erasureId } = await deleteCaller(context.services, context, { caller });
    clearEndedCookie(context, caller.session.id);
    return { deletedUserId: id, erasureId };
  }
}
