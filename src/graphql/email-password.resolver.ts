/** Registration, confirmation and passwords of the provider local-userpass. */
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { confirmEmail, resendEmailConfirmation } from "../identity/passwords/email-confirmation.ts";
import { changePassword } from "../identity/passwords/password-change.ts";
import { requestPasswordReset, resetPassword } from "../identity/passwords/password-reset.ts";
import { register } from "../identity/passwords/registration.ts";
import { Access } from "../schema/access.ts";
import { type GraphContext, requireCaller } from "../schema/context.ts";
import {
  ChangePasswordPayload,
  ConfirmEmailPayload,
  MailRequestPayload,
  RegisterPayload,
  ResetPasswordPayload,
} from "./payloads.ts";

const provider = "local-userpass";

@Resolver()
export class EmailPasswordResolver {
  @Access("public")
  @Mutation(() => RegisterPayload, {
    description:
      "Registers an email and password. The first `login` with them creates the user; to add them to the current user instead, call `linkIdentity`. If emails must be confirmed, the response does not reveal whether the email is already registered.",
  })
  async registerEmailPassword(
    @Arg("email", () => String) email: string,
    @Arg("password", () => String) password: string,
    @Ctx() context: GraphContext,
  ): Promise<RegisterPayload> {
    const { services } = context;
    return register(services, context, { provider, credentials: { email, password } });
  }

  @Access("public")
  @Mutation(() => ConfirmEmailPayload, {
    description: "Confirms an email, with the `token` parameter of the link in the confirmation email.",
  })
  async confirmEmail(
    @Arg("token", () => String) token: string,
    @Ctx() context: GraphContext,
  ): Promise<ConfirmEmailPayload> {
    const { services, caller } = context;
    return { email: await confirmEmail(services, context, { provider, token, caller }) };
  }

  @Access("public")
  @Mutation(() => MailRequestPayload, {
    description: "Sends the confirmation email again if the email is not confirmed yet.",
  })
  async resendEmailConfirmation(
    @Arg("email", () => String) email: string,
    @Ctx() context: GraphContext,
  ): Promise<MailRequestPayload> {
    const { services } = context;
    return { email: await resendEmailConfirmation(services, context, { provider, email }) };
  }

  @Access("public")
  @Mutation(() => MailRequestPayload, {
    description: "Sends an email with a link to choose a new password if the email is registered.",
  })
  async requestPasswordReset(
    @Arg("email", () => String) email: string,
    @Ctx() context: GraphContext,
  ): Promise<MailRequestPayload> {
    const { services } = context;
    return { email: await requestPasswordReset(services, context, { provider, email }) };
  }

  @Access("public")
  @Mutation(() => ResetPasswordPayload, {
    description:
      "Sets a new password, with the `token` parameter of the link in the reset email. All sessions of the user end.",
  })
  async resetPassword(
    @Arg("token", () => String) token: string,
    @Arg("password", () => String, { description: "The new password." }) password: string,
    @Ctx() context: GraphContext,
  ): Promise<ResetPasswordPayload> {
    const { services } = context;
    const { email } = await resetPassword(services, context, { provider, token, password });
    return { email };
  }

  @Access("recent")
  @Mutation(() => ChangePasswordPayload, {
    description: "Changes the password. The current session stays active; the user's other sessions end.",
  })
  async changePassword(
    @Arg("currentPassword", () => String) currentPassword: string,
    @Arg("newPassword", () => String) newPassword: string,
    @Ctx() context: GraphContext,
  ): Promise<ChangePasswordPayload> {
    const { services } = context;
    const request = { caller: requireCaller(context), provider, currentPassword, newPassword };
    return { sessionsEnded: await changePassword(services, context, request) };
  }
}
