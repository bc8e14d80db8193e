/** The public graph, an Apollo Federation 2 subgraph. */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, parse } from "graphql";
import { ApiKeyResolver } from "../schema/api-key.resolver.ts";
import { buildGraph, type Graph } from "../schema/build.ts";
import {
  IdentityResolver,
  SessionResolver,
  UserConnectionResolver,
  UserResolver,
} from "../schema/user.resolver.ts";
import { ApiKeysResolver } from "./api-keys.resolver.ts";
import { AuthenticationResolver } from "./authentication.resolver.ts";
import { EmailCodesResolver } from "./email-codes.resolver.ts";
import { EmailPasswordResolver } from "./email-password.resolver.ts";
import { guardEntities, hideService, userReference } from "./entities.ts";
import { ErasureResolver } from "./erasure.resolver.ts";
import { OAuthResolver } from "./oauth.resolver.ts";
import { PasskeysResolver } from "./passkeys.resolver.ts";
import { keepTokensInCookies } from "./session-cookies.ts";
import { UsersResolver } from "./users.resolver.ts";

/** Apollo's federation packages do not know @oneOf, so the SDL declares it itself; graphql-js then enforces it. */
const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

directive @oneOf on INPUT_OBJECT

`;

export const buildGatewayGraph = (): Graph =>
  buildGraph(
    [
      UsersResolver,
      AuthenticationResolver,
      EmailPasswordResolver,
      OAuthResolver,
      PasskeysResolver,
      EmailCodesResolver,
      ApiKeysResolver,
      ErasureResolver,
      UserResolver,
      IdentityResolver,
      SessionResolver,
      ApiKeyResolver,
      UserConnectionResolver,
    ],
    header,
  );

/** @param options.introspection whether `_service` returns the SDL to every client */
export function buildGatewaySchema(
  { introspection }: { introspection: boolean },
  { sdl, resolvers }: Graph = buildGatewayGraph(),
): GraphQLSchema {
  const schema = buildSubgraphSchema({
    typeDefs: parse(sdl),
    resolvers: {
      ...(resolvers as Record<string, Record<string, never>>),
      User: { ...(resolvers.User as Record<string, never>), ...userReference },
    },
  });
  guardEntities(schema);
  keepTokensInCookies(schema);
  if (!introspection) hideService(schema);
  return schema;
}
