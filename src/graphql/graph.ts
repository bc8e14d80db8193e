/** The public graph, an Apollo Federation 2 subgraph. */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, parse } from "graphql";
import { PasserbyError } from "../errors.ts";
import { ApiKeyResolver } from "../schema/api-key.resolver.ts";
import { buildGraph, type Graph } from "../schema/build.ts";
import type { GraphContext } from "../schema/context.ts";
import { SessionResolver, UserConnectionResolver, UserResolver } from "../schema/user.resolver.ts";
import { ApiKeysResolver } from "./api-keys.resolver.ts";
import { AuthenticationResolver } from "./authentication.resolver.ts";
import { EmailPasswordResolver } from "./email-password.resolver.ts";
import { OAuthResolver } from "./oauth.resolver.ts";
import { UsersResolver } from "./users.resolver.ts";

/** Apollo's federation packages do not know @oneOf, so the SDL declares it itself; graphql-js then enforces it. */
const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

directive @oneOf on INPUT_OBJECT

`;

export const buildGatewayGraph = (): Graph =>
  buildGraph(
    [
      UsersResolver,
      AuthenticationResolver,
      EmailPasswordResolver,
      OAuthResolver,
      ApiKeysResolver,
      UserResolver,
      SessionResolver,
      ApiKeyResolver,
      UserConnectionResolver,
    ],
    header,
  );

/** A router asks for a page of users, not for the table. */
const MOST_REPRESENTATIONS = 1_000;

/** @throws PasserbyError BAD_USER_INPUT when one is not `{ __typename: "User", id: "…" }`, or there are too many */
function requireRepresentations(representations: readonly unknown[]): void {
  const isReference = (value: unknown): boolean => {
    const { __typename: type, id } = (value ?? {}) as { __typename?: unknown; id?: unknown };
    return type === "User" && typeof id === "string";
  };
  if (representations.length <= MOST_REPRESENTATIONS && representations.every(isReference)) return;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `\`representations\` are at most ${MOST_REPRESENTATIONS} of the form { __typename: "User", id: "…" }.`,
  });
}

export function buildGatewaySchema({ sdl, resolvers }: Graph = buildGatewayGraph()): GraphQLSchema {
  const schema = buildSubgraphSchema({
    typeDefs: parse(sdl),
    resolvers: {
      ...(resolvers as Record<string, Record<string, never>>),
      User: {
        ...(resolvers.User as Record<string, never>),
        __resolveReference: ({ id }: { id: string }, { loaders }: GraphContext) => loaders.users.load(id),
      },
    },
  });
  const entities = schema.getQueryType()?.getFields()._entities;
  const resolve = entities?.resolve;
  if (!entities || !resolve) throw new Error("A subgraph has _entities.");
  entities.resolve = (root, args, context, info) => {
    requireRepresentations(args.representations);
    return resolve(root, args, context, info);
  };
  return schema;
}
