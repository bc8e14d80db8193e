/** Fields of API keys that are not simply columns; both graphs have them. Keys are reached through their owner only. */
import { GraphQLDateTime } from "graphql-scalars";
import { Ctx, Extensions, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { ApiKey } from "../entities/api-key.ts";
import { User } from "../entities/user.ts";
import type { OwnedApiKey } from "../identity/api-keys/stored-api-keys.ts";
import { Access } from "./access.ts";
import type { GraphContext } from "./context.ts";

@Extensions({ access: "public" })
@ObjectType({ simpleResolvers: true })
export class CreatedApiKey {
  @Field(() => ApiKey)
  apiKey: ApiKey;

  @Field(() => String, { description: "The key itself, shown this once." })
  secret: string;
}

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @Access("public")
  @FieldResolver(() => Boolean, { description: "Whether it is switched off for now." })
  disabled(@Root() apiKey: ApiKey): boolean {
    return apiKey.disabledAt !== null;
  }

  @Access("public")
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "When a program logged in with it last; null when none ever did.",
  })
  lastUsedAt(@Root() { identity }: OwnedApiKey): Date | null {
    return identity.lastUsedAt;
  }

  @Access("public")
  @FieldResolver(() => User, { description: "Whom a program is that logs in with it." })
  user(@Root() { identity }: OwnedApiKey, @Ctx() { loaders }: GraphContext): Promise<User | null> {
    return loaders.users.load(identity.userId);
  }
}
