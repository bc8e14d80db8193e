/** API keys of servers, for operators. */
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
  @Query(() => [ApiKey], { description: "Oldest first. Keys that users made are at their user." })
  serverApiKeys(@Ctx() { services }: GraphContext): Promise<ApiKey[]> {
    return listServerApiKeys(services.reads);
  }

  @Access("admin")
  @Mutation(() => CreatedApiKey, {
    description: "Makes a key with a user of its own, which a server logs in as and which never expires.",
  })
  createServerApiKey(
    @Arg("name", () => String, {
      description: "1 to 100 ASCII letters, numbers, underscores and hyphens; each server's key has another.",
    })
    name: string,
    @Ctx() { services }: GraphContext,
  ): Promise<CreatedApiKey> {
    return createServerApiKey(services, { provider: "api-key", name });
  }

  @Access("admin")
  @Mutation(() => ApiKey, { description: "Lets a key log in again." })
  enableServerApiKey(@Arg("id", () => ID) id: string, @Ctx() { services }: GraphContext): Promise<ApiKey> {
    return setServerApiKeyDisabled(services, { id, disabled: false });
  }

  @Access("admin")
  @Mutation(() => ApiKey, { description: "Refuses logins with a key, and ends the sessions that it began." })
  disableServerApiKey(@Arg("id", () => ID) id: string, @Ctx() { services }: GraphContext): Promise<ApiKey> {
    return setServerApiKeyDisabled(services, { id, disabled: true });
  }

  @Access("admin")
  @Mutation(() => ID, { description: "Deletes a key with the user that it logs in as, and gives its id." })
  async deleteServerApiKey(
    @Arg("id", () => ID) id: string,
    @Ctx() { services }: GraphContext,
  ): Promise<string> {
    await deleteServerApiKey(services, id);
    return id;
  }
}
