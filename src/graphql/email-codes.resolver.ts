/** Codes and links by email; they are credentials. */
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { requestEmailCode } from "../identity/login/email-codes.ts";
import { Access } from "../schema/access.ts";
import type { GraphContext } from "../schema/context.ts";
import { MailRequestPayload } from "./payloads.ts";

const provider = "email-otp";

@Resolver()
export class EmailCodesResolver {
  @Access("public")
  @Mutation(() => MailRequestPayload, {
    description:
      "Sends an email with a code of six digits and a link. Pass the code with the email, or the `token` of the link, to `login` or `linkIdentity` within ten minutes, on any device. A newer email makes older ones void, and so do five wrong codes. An address that has no user gets one at the first login.",
  })
  async requestEmailCode(
    @Arg("email", () => String) email: string,
    @Ctx() context: GraphContext,
  ): Promise<MailRequestPayload> {
    const { services } = context;
    return { email: await requestEmailCode(services, context, { provider, email }) };
  }
}
