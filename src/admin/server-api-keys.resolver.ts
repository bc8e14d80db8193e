/** API keys of servers. */
import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { ApiKey } from "../entities/api-key.ts";
import {
  createServerApiKey,
  deleteServerApiKey,
  listServerApiKeys,
  setServerApiKeyDisabled,
} from "../identity/api-keys/server-api-keys.ts";
import { Access } from "../schema/access.ts";
import { CreatedApiKey } from "../schema/api-key.resolver.ts";
import type { GraphContext } from "../schema/context.ts";

@Resolver()
export class ServerApiKeysResolver {
  @Access("admin")
  @Query(() => [ApiKey], {
    description: "The API keys of servers, oldest first. Keys of users are in `User.apiKeys`.",
  })
  serverApiKeys(@Ctx() { services }: GraphContext): Promise<ApiKey[]> {
    return listServerApiKeys(services.reads);
  }

  @Access("admin")
  @Mutation(() => CreatedApiKey, {
    description: "Creates an API key for a server. It logs in as a user of its own, and does not expire.",
  })
  createServerApiKey(
    @Arg("name", () => String, {
      description: "1 to 100 ASCII letters, numbers, underscores and hyphens. Unique among server API keys.",
    })
    name: string,
    @Ctx() context: GraphContext,
  ): Promise<CreatedApiKey> {
    return createServerApiKey(context.services, context, { provider: "api-key", name });
  }

  @Access("admin")
  @Mutation(() => ApiKey, { description: "Enables a disabled key." })
  enableServerApiKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<ApiKey> {
    return setServerApiKeyDisabled(context.services, context, { id, disabled: false });
  }

  @Access("admin")
  @Mutation(() => ApiKey, { description: "Disables a key, and ends the sessions that were started with it." })
  disableServerApiKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<ApiKey> {
    return setServerApiKeyDisabled(context.services, context, { id, disabled: true });
  }

  @Access("admin")
  @Mutation(() => ID, { description: "Deletes a server API key and its user. Returns the key's id." })
  async deleteServerApiKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<string> {
    await deleteServerApiKey(context.services, context, { id });
    return id;
  }
}
