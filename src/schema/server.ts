/** One Apollo server, the same for both graphs. */
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import type { GraphQLError, GraphQLSchema, ValidationContext, ValidationRule } from "graphql";
import type { Logger } from "pino";
import type { GraphContext } from "./context.ts";
import { formatGraphError } from "./errors.ts";

/** An introspection query is 14 levels deep and has 13 hundred tokens. Routers send `_entities` with its ids as a variable. */
export const DOCUMENT_LIMITS = { depth: 16, aliases: 30, tokens: 4_000 } as const;

/** Left alone the rules throw, which would be an error of ours; reported, it is one of the document. */
const reporting = {
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null, error: GraphQLError): void => context?.reportError(error)],
};

export function createGraphServer({
  schema,
  introspection,
  log,
  plugins = [],
}: {
  schema: GraphQLSchema;
  introspection: boolean;
  log: Logger;
  plugins?: ApolloServerPlugin<GraphContext>[];
}): ApolloServer<GraphContext> {
  return new ApolloServer<GraphContext>({
    schema,
    introspection,
    logger: log,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    // The shell drains: it knows which requests are still being answered.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: DOCUMENT_LIMITS.tokens },
    validationRules: [
      maxDepthRule({
        n: DOCUMENT_LIMITS.depth,
        ignoreIntrospection: true,
        ...reporting,
      }) as ValidationRule,
      maxAliasesRule({
        n: DOCUMENT_LIMITS.aliases,
        // Hive Gateway asks for the users of each list in a document under an alias; one loader serves them all.
        allowList: ["__typename", "_entities"],
        ...reporting,
      }) as ValidationRule,
    ],
    formatError: (formatted, error) => formatGraphError(formatted, error, log),
    plugins: [
      // Tracing is switched on for subgraphs, and costs time on every request.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...plugins,
    ],
  });
}
