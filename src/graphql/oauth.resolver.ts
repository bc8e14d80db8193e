/** Login and linking by redirect to a provider's page. */
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
      "Starts an OAuth login (authorization code flow with PKCE): redirect the browser to `url`. Store `state` in sessionStorage, and compare it with the parameter of the redirect back.",
  })
  startOAuth(
    @Arg("provider", () => String) provider: string,
    @Arg("redirectUri", () => String, {
      description:
        "The page of your app that the provider redirects to: one of the provider's setting `redirectUris`, exactly.",
    })
    redirectUri: string,
    @Arg("link", () => Boolean, {
      defaultValue: false,
      description:
        "Link the identity to the current user instead of logging in. Requires an access token; only the same session can complete it.",
    })
    link: boolean,
    @Ctx() context: GraphContext,
  ): Promise<OAuthStart> {
    const caller = link ? requireCaller(context) : null;
    return startOAuth(context.services, context, { provider, redirectUri, caller });
  }

  @Access("public")
  @Mutation(() => LinkIdentityResult, {
    description:
      "Completes an OAuth login with the parameters of the provider's redirect: logs in, or links if `startOAuth` was called with `link: true`.",
  })
  async completeOAuth(
    @Arg("code", () => String, { description: "The `code` parameter of the redirect." }) code: string,
    @Arg("state", () => String, {
      description: "The `state` parameter of the redirect. It can be used once, within ten minutes.",
    })
    state: string,
    @Arg("iss", () => String, {
      nullable: true,
      description: "The `iss` parameter of the redirect; omit it if there was none.",
    })
    iss: string | null | undefined,
    @Ctx() context: GraphContext,
  ): Promise<AuthPayload | IdentityConflict> {
    const { services, caller } = context;
    const answer = { code, issuer: iss ?? null };
    const outcome = await completeOAuth(services, context, { state, answer, caller });
    return showLinkOutcome(context, outcome);
  }
}
