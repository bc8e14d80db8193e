/** The caller's API keys. Creating one needs a recent login, disabling and deleting one do not. */
import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import { ApiKey } from "../entities/api-key.ts";
import { User } from "../entities/user.ts";
import { createApiKey, deleteApiKey, setApiKeyDisabled } from "../identity/api-keys/api-keys.ts";
import { Access } from "../schema/access.ts";
import { CreatedApiKey } from "../schema/api-key.resolver.ts";
import { type GraphContext, reload, requireCaller } from "../schema/context.ts";

@Resolver()
export class ApiKeysResolver {
  @Access("recent")
  @Mutation(() => CreatedApiKey, {
    description:
      "Creates an API key, with which a program logs in as the current user. Not for anonymous users.",
  })
  async createApiKey(
    @Arg("name", () => String, {
      description: "1 to 100 ASCII letters, numbers, underscores and hyphens. Unique among the user's keys.",
    })
    name: string,
    @Ctx() context: GraphContext,
  ): Promise<CreatedApiKey> {
    const caller = requireCaller(context);
    const created = await createApiKey(context.services, context, { provider: "api-key", caller, name });
    reload(context, caller.user);
    return created;
  }

  @Access("recent")
  @Mutation(() => ApiKey, { description: "Enables a disabled key." })
  enableApiKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<ApiKey> {
    return switchApiKey(context, id, false);
  }

  @Access("user")
  @Mutation(() => ApiKey, { description: "Disables a key, and ends the sessions that were started with it." })
  disableApiKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<ApiKey> {
    return switchApiKey(context, id, true);
  }

  @Access("user")
  @Mutation(() => User, {
    description: "Deletes a key, its identity, and the sessions that were started with it.",
  })
  async deleteApiKey(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<User> {
    const caller = requireCaller(context);
    await deleteApiKey(context.services, context, { caller, id });
    return reload(context, caller.user);
  }
}

async function switchApiKey(context: GraphContext, id: string, disabled: boolean): Promise<ApiKey> {
  const caller = requireCaller(context);
  const apiKey = await setApiKeyDisabled(context.services, context, { caller, id, disabled });
  reload(context, caller.user);
  return apiKey;
}
