/** E-mail and password, beside logging in with them. */
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { register } from "../identity/registration.ts";
import { Access } from "../schema/access.ts";
import type { GraphContext } from "../schema/context.ts";
import { requireEnabled } from "./credentials.ts";
import { RegisterPayload } from "./payloads.ts";

@Resolver()
export class EmailPasswordResolver {
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
}
