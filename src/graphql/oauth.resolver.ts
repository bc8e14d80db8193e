/** Logging in and linking by way of a provider's own page. */
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { completeOAuth, startOAuth } from "../identity/login/oauth-flows.ts";
import { Access } from "../schema/access.ts";
import { type GraphContext, requireCaller } from "../schema/context.ts";
import { showLinkOutcome } from "./authentication.resolver.ts";
import { type AuthPayload, type IdentityConflict, LinkIdentityResult, OAuthStart } from "./payloads.ts";

@Resolver()
export class OAuthResolver {
  @Access("public")
  @Mutation(() => OAuthStart, {
    description:
      "Where to send the browser. Keep `state` in sessionStorage, and compare it when the browser is back.",
  })
  startOAuth(
    @Arg("provider", () => String) provider: string,
    @Arg("redirectUri", () => String, { description: "Exactly as an operator allowed it." })
    redirectUri: string,
    @Arg("link", () => Boolean, {
      defaultValue: false,
      description: "Adds the identity to the caller; only the same session can complete it.",
    })
    link: boolean,
    @Ctx() context: GraphContext,
  ): Promise<OAuthStart> {
    const caller = link ? requireCaller(context) : null;
    const { services, client } = context;
    return startOAuth(services, { provider, redirectUri, caller, client });
  }

  @Access("public")
  @Mutation(() => LinkIdentityResult, {
    description: "Logs in, or links where `startOAuth` was asked to. A state is good once, for ten minutes.",
  })
  async completeOAuth(
    @Arg("code", () => String, { description: "As the browser came back with it." }) code: string,
    @Arg("state", () => String) state: string,
    @Arg("iss", () => String, { nullable: true, description: "As the browser came back with it, if it did." })
    iss: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload | IdentityConflict> {
    const { services, caller, client } = context;
    const outcome = await completeOAuth(services, {
      state,
      answer: { code, issuer: iss ?? null },
      caller,
      client,
    });
    return showLinkOutcome(context, outcome);
  }
}
