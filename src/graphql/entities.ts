/** The fields that routers query: `_entities`, users by their ids, and `_service`, the SDL. */
import type { GraphQLFieldResolver, GraphQLSchema } from "graphql";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import type { GraphContext } from "../schema/context.ts";
import { MAX_AT_ONCE } from "../schema/loaders.ts";

/** A user as subgraphs reference it, by id or former id. All other fields are those of the survivor. */
interface ReferencedUser extends User {
  readonly askedById?: string;
}

export const userReference = {
  async __resolveReference(
    { id }: { id: string },
    { loaders }: GraphContext,
  ): Promise<ReferencedUser | null> {
    const user = await loaders.users.load(id);
    return user === null || user.id === id ? user : Object.assign(Object.create(user), { askedById: id });
  },
  /** Routers and caches identify an entity by its key, so the requested key is returned unchanged. */
  id: ({ askedById, id }: ReferencedUser): string => askedById ?? id,
};

/** Validates before anything is loaded. The alias limit does not apply here, so the total is counted. */
export function guardEntities(schema: GraphQLSchema): void {
  const counts = new WeakMap<GraphContext, number>();
  beforeRootField(schema, "_entities", (args, context) => {
    const representations = args.representations as readonly unknown[];
    const count = (counts.get(context) ?? 0) + representations.length;
    counts.set(context, count);
    requireRepresentations(representations, count);
  });
}

/** With introspection off, only operators can read the SDL. */
export function hideService(schema: GraphQLSchema): void {
  beforeRootField(schema, "_service", (_args, { admin }) => {
    if (admin) return;
    const message =
      "INTROSPECTION is off. Send an admin key to read the SDL, or print it with `passerby schema`.";
    throw new PasserbyError("FORBIDDEN", { message });
  });
}

/**
 * @param count how many representations the request has so far
 * @throws PasserbyError BAD_USER_INPUT when one is not `{ __typename: "User", id: "…" }`, or there are too many
 */
function requireRepresentations(representations: readonly unknown[], count: number): void {
  if (count > MAX_AT_ONCE) {
    const message = `There are ${count} representations. At most ${MAX_AT_ONCE} are allowed per request: request them in pages.`;
    throw new PasserbyError("BAD_USER_INPUT", { message });
  }
  const wrong = representations.findIndex((each) => !isReference(each));
  if (wrong < 0) return;
  const message = `Representation ${wrong} is not of the form { __typename: "User", id: "…" }.`;
  throw new PasserbyError("BAD_USER_INPUT", { message });
}

function isReference(value: unknown): boolean {
  const { __typename: type, id } = (value ?? {}) as { __typename?: unknown; id?: unknown };
  return type === "User" && typeof id === "string";
}

function beforeRootField(
  schema: GraphQLSchema,
  name: string,
  check: (args: Record<string, unknown>, context: GraphContext) => void,
): void {
  const field = schema.getQueryType()?.getFields()[name];
  const resolve: GraphQLFieldResolver<unknown, GraphContext> | undefined = field?.resolve;
  if (!field || !resolve) throw new Error(`A subgraph has ${name}.`);
  field.resolve = (root, args, context, info) => {
    check(args, context);
    return resolve(root, args, context, info);
  };
}
