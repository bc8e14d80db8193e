import { GraphQLDateTime } from "graphql-scalars";
import { Arg, Ctx, Extensions, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { clientKey } from "../rate-limits/client-address.ts";
import { Access } from "../schema/access.ts";
import type { GraphContext } from "../schema/context.ts";
import { type Erasure as FoundErasure, findErasure } from "../webhooks/erasure.ts";

@ObjectType({ simpleResolvers: true })
class ErasureEndpoint {
  @Field(() => String, { nullable: true, description: "What the operator calls the service; may be null." })
  description: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it confirmed that it purged the data; null until then.",
  })
  confirmedAt: Date | null;
}

@Extensions({ access: "public" })
@ObjectType({ description: "The deletion of an account by its user.", simpleResolvers: true })
class Erasure implements FoundErasure {
  @Field(() => GraphQLDateTime)
  requestedAt: Date;

  @Field(() => [ErasureEndpoint], { description: "The services that must confirm." })
  endpoints: ErasureEndpoint[];

  @Field(() => Boolean, { description: "Whether all of them have confirmed." })
  isComplete: boolean;
}

@Resolver()
export class ErasureResolver {
  @Access("public")
  @Query(() => Erasure, {
    nullable: true,
    description:
      "How far the deletion of an account is, by the secret `erasureId` that `deleteMe` returned. null for an unknown id.",
  })
  async erasure(
    @Arg("id", () => ID) id: string,
    @Ctx() { services, client }: GraphContext,
  ): Promise<FoundErasure | null> {
    const found = await findErasure(services.reads, id);
    // Ids are too long to guess, so a valid one is never limited.
    if (!found) await services.limits.consume("addressFailures", clientKey(client, "erasure:"));
    return found;
  }
}
