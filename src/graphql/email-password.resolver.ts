/** E-mail and password, beside logging in with them. */
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
      "Keeps an e-mail and password; the first login or link makes them a user's. Where mails confirm it, the answer is the same for an e-mail that is registered already.",
  })
  async registerEmailPassword(
    @Arg("email", () => String) email: string,
    @Arg("password", () => String) password: string,
    @Ctx() context: GraphContext,
  ): Promise<RegisterPayload> {
    const { services, client } = context;
    return register(services, { provider, credentials: { email, password }, client });
  }

  @Access("public")
  @Mutation(() => ConfirmEmailPayload, { description: "For the page that the confirmation mail leads to." })
  async confirmEmail(
    @Arg("token", () => String) token: string,
    @Ctx() context: GraphContext,
  ): Promise<ConfirmEmailPayload> {
    const { services, client, caller } = context;
    return { email: await confirmEmail(services, { provider, token, caller, client }) };
  }

  @Access("public")
  @Mutation(() => MailRequestPayload, {
    description: "Mails the confirmation once more, if that e-mail waits for it.",
  })
  async resendEmailConfirmation(
    @Arg("email", () => String) email: string,
    @Ctx() context: GraphContext,
  ): Promise<MailRequestPayload> {
    const { services, client } = context;
    return { email: await resendEmailConfirmation(services, { provider, email, client }) };
  }

  @Access("public")
  @Mutation(() => MailRequestPayload, {
    description: "Mails a link to choose a new password, if that e-mail is registered.",
  })
  async requestPasswordReset(
    @Arg("email", () => String) email: string,
    @Ctx() context: GraphContext,
  ): Promise<MailRequestPayload> {
    const { services, client } = context;
    return { email: await requestPasswordReset(services, { provider, email, client }) };
  }

  @Access("public")
  @Mutation(() => ResetPasswordPayload, {
    description: "For the page that the reset mail leads to. Every session of the user ends.",
  })
  async resetPassword(
    @Arg("token", () => String) token: string,
    @Arg("password", () => String, { description: "The new one." }) password: string,
    @Ctx() context: GraphContext,
  ): Promise<ResetPasswordPayload> {
    const { services, client } = context;
    const { email } = await resetPassword(services, { provider, token, password, client });
    return { email };
  }

  @Access("recent")
  @Mutation(() => ChangePasswordPayload, {
    description: "Sets a new password. This session goes on, the caller's others end.",
  })
  async changePassword(
    @Arg("currentPassword", () => String) currentPassword: string,
    @Arg("newPassword", () => String) newPassword: string,
    @Ctx() context: GraphContext,
  ): Promise<ChangePasswordPayload> {
    const { services, client } = context;
    const request = { caller: requireCaller(context), provider, currentPassword, newPassword, client };
    return { sessionsEnded: await changePassword(services, request) };
  }
}
