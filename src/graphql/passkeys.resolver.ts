/** Options for the ceremonies of passkeys; their responses are credentials. */
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { startChallenge } from "../identity/login/challenges.ts";
import { Access } from "../schema/access.ts";
import { type GraphContext, requireCaller } from "../schema/context.ts";
import { AuthProvider, PasskeyOptions } from "./payloads.ts";

const provider = "passkey";

@Resolver(() => AuthProvider)
export class PasskeysResolver {
  @Access("public")
  @FieldResolver(() => String, {
    nullable: true,
    description: "The relying party id of `passkey`, a domain; null for other providers.",
  })
  rpId(@Root() { name }: AuthProvider, @Ctx() { services }: GraphContext): string | null {
    const deployed = services.providers.requireEnabled(name);
    return deployed.provider.publicSettings?.(deployed.settings).rpId ?? null;
  }

  @Access("public")
  @Mutation(() => PasskeyOptions, {
    description:
      "Starts a login by a passkey. Pass the browser's response to `login`, or to `linkIdentity`, which offers a merge. The options list no passkeys: the browser shows the user those that it has.",
  })
  passkeyLoginOptions(@Ctx() context: GraphContext): Promise<PasskeyOptions> {
    return startChallenge(context.services, context, { provider, caller: null, name: null });
  }

  @Access("user")
  @Mutation(() => PasskeyOptions, {
    description:
      "Starts the registration of a passkey for the current user. Pass the browser's response to `linkIdentity` in the same session. A permanent user needs a recent login (REAUTHENTICATION_REQUIRED).",
  })
  passkeyRegistrationOptions(
    @Arg("name", () => String, {
      nullable: true,
      description:
        "To tell the user's passkeys apart, such as `Ada's phone`: `Identity.name`. At most 100 characters.",
    })
    name: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<PasskeyOptions> {
    const caller = requireCaller(context);
    return startChallenge(context.services, context, { provider, caller, name: name ?? null });
  }
}
