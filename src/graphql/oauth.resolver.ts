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
      "Starts a redirect login: returns the URL to send the browser to. Store `state` in sessionStorage and compare it when the browser returns.",
  })
  startOAuth(
    @Arg("provider", () => String) provider: string,
    @Arg("redirectUri", () => String, {
      description: "One of the provider's `redirectUris`, exactly as the operator set it.",
    })
    redirectUri: string,
    @Arg("link", () => Boolean, {
      defaultValue: false,
      description:
        "Link the identity to the current user instead of logging in. Only the same session can complete it.",
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
    description:
      "Completes a redirect login: logs in, or links if `startOAuth` was called with `link: true`. A state can be used once, within ten minutes.",
  })
  async completeOAuth(
    @Arg("code", () => String, { description: "The `code` parameter of the redirect." }) code: string,
    @Arg("state", () => String) state: string,
    @Arg("iss", () => String, {
      nullable: true,
      description: "The `iss` parameter of the redirect, if there was one.",
    })
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
