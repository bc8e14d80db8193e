/** Resolvers of the fields of API keys that are not columns, for both graphs. Keys are readable through their owner only. */
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

  @Field(() => String, { description: "The key itself. It is shown only once." })
  secret: string;
}

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @Access("public")
  @FieldResolver(() => Boolean, { description: "Whether it is disabled: logins with it fail." })
  disabled(@Root() apiKey: ApiKey): boolean {
    return apiKey.disabledAt !== null;
  }

  @Access("public")
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "When it was last used to log in; null if never.",
  })
  lastUsedAt(@Root() { identity }: OwnedApiKey): Date | null {
    return identity.lastUsedAt;
  }

  @Access("public")
  @FieldResolver(() => User, { description: "The user that a program logs in as." })
  user(@Root() { identity }: OwnedApiKey, @Ctx() { loaders }: GraphContext): Promise<User | null> {
    return loaders.users.load(identity.userId);
  }
}
