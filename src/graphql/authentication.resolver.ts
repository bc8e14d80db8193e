/** Logging in, linking, refreshing, logging out: the doors to identity/. */
import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { linkIdentity } from "../identity/linking.ts";
import { login, loginAnonymously } from "../identity/login.ts";
import type { DeployedProvider } from "../identity/provider.ts";
import { register } from "../identity/registration.ts";
import { logout, refreshSession } from "../identity/sessions.ts";
import { deleteUser } from "../identity/users.ts";
import { Access } from "../schema/access.ts";
import { type GraphContext, requireCaller, reveal } from "../schema/context.ts";
import {
  AuthPayload,
  AuthProvider,
  Credentials,
  DeleteMePayload,
  LinkIdentityResult,
  LogoutPayload,
  LogoutScope,
  RegisterPayload,
  readCredentials,
} from "./payloads.ts";

/** The check that a way in is on in the deployed configuration: before credentials are looked at, in every door. */
const requireEnabled = ({ services }: GraphContext, provider: string): DeployedProvider =>
  services.deployments.requireEnabled(provider);

@Resolver()
export class AuthenticationResolver {
  @Access("public")
  @Query(() => [AuthProvider], { description: "The ways in that are on now." })
  authProviders(@Ctx() { services }: GraphContext): AuthProvider[] {
    return services.deployments.enabledProviders();
  }

  @Access("public")
  @Mutation(() => AuthPayload, { description: "A new user, every time." })
  async loginAnonymous(@Ctx() context: GraphContext): Promise<AuthPayload> {
    const deployed = requireEnabled(context, "anon-user");
    const { services, origin } = context;
    return AuthPayload.from(reveal(context, await loginAnonymously(services, { deployed, origin })));
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description: "Logs in as the user that the credentials belong to; a new one at the first time.",
  })
  async login(
    @Arg("credentials", () => Credentials) input: Credentials,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { provider, credentials } = readCredentials(input);
    const deployed = requireEnabled(context, provider);
    const { services, origin } = context;
    return AuthPayload.from(reveal(context, await login(services, { deployed, credentials, origin })));
  }

  @Access("public")
  @Mutation(() => RegisterPayload, {
    description: "Keeps an e-mail and password; the first login or link makes them a user's.",
  })
  async registerEmailPassword(
    @Arg("email", () => String) email: string,
    @Arg("password", () => String) password: string,
    @Ctx() context: GraphContext,
  ): Promise<RegisterPayload> {
    const deployed = requireEnabled(context, "local-userpass");
    const { services, origin } = context;
    await register(services, { deployed, credentials: { email, password }, origin });
    return { email: email.trim().normalize("NFC").toLowerCase() };
  }

  @Access("user")
  @Mutation(() => LinkIdentityResult, {
    description: "Adds a way in to the caller. The user id, the session and the refresh token go on.",
  })
  async linkIdentity(
    @Arg("credentials", () => Credentials) input: Credentials,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { provider, credentials } = readCredentials(input);
    const deployed = requireEnabled(context, provider);
    const { services, origin } = context;
    const caller = requireCaller(context);
    return AuthPayload.from(
      reveal(context, await linkIdentity(services, { caller, deployed, credentials, origin })),
    );
  }

  @Access("public")
  @Mutation(() => AuthPayload, {
    description: "The next tokens of a session. Send it without an access token.",
  })
  async refreshSession(
    @Arg("refreshToken", () => String) refreshToken: string,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload> {
    const { services, origin } = context;
    return AuthPayload.from(reveal(context, await refreshSession(services, { refreshToken, origin })));
  }

  @Access("user")
  @Mutation(() => LogoutPayload, { description: "An anonymous user that logs out cannot be reached again." })
  async logout(
    @Arg("scope", () => LogoutScope, { defaultValue: LogoutScope.CURRENT }) scope: LogoutScope,
    @Ctx() context: GraphContext,
  ): Promise<LogoutPayload> {
    return { sessionsEnded: await logout(context.services, requireCaller(context), scope) };
  }

  @Access("recent")
  @Mutation(() => DeleteMePayload, {
    description: "Deletes the caller with its identities and sessions. It cannot be undone.",
  })
  async deleteMe(@Ctx() context: GraphContext): Promise<DeleteMePayload> {
    return { deletedUserId: await deleteUser(context.services, requireCaller(context).user.id) };
  }
}
