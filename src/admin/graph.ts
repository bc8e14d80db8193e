/** The admin graph. It is not part of the federated graph, and every field requires an admin key. */
import { makeExecutableSchema } from "@graphql-tools/schema";
import type { GraphQLSchema } from "graphql";
import { ApiKeyResolver } from "../schema/api-key.resolver.ts";
import { buildGraph, type Graph } from "../schema/build.ts";
import {
  IdentityResolver,
  SessionResolver,
  UserConnectionResolver,
  UserResolver,
} from "../schema/user.resolver.ts";
import { AuditResolver } from "./audit.resolver.ts";
import { DeploymentsResolver } from "./deployments.resolver.ts";
import { OperationsResolver } from "./operations.resolver.ts";
import { ServerApiKeysResolver } from "./server-api-keys.resolver.ts";
import { EventsResolver, WebhookEndpointsResolver } from "./webhooks/webhooks.resolver.ts";

const resolvers = [
  DeploymentsResolver,
  OperationsResolver,
  AuditResolver,
  ServerApiKeysResolver,
  WebhookEndpointsResolver,
  EventsResolver,
  UserResolver,
  IdentityResolver,
  SessionResolver,
  ApiKeyResolver,
  UserConnectionResolver,
] as const;

/** Types of both graphs have federation directives, which have no effect here. */
const header = "directive @key(fields: String!) on OBJECT\n\ndirective @shareable on OBJECT\n\n";

export const buildAdminGraph = (): Graph => buildGraph([...resolvers], header);

export const buildAdminSchema = ({ sdl, resolvers }: Graph = buildAdminGraph()): GraphQLSchema =>
  makeExecutableSchema({ typeDefs: sdl, resolvers });
