/** One Apollo server, the same for both graphs. */
import { ApolloServer } from "@apollo/server";
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
import { requestBudget } from "../request-budget.ts";
import { boundLists, liftDeadlines, type ValuePool } from "./answer-budget.ts";
import { type AnswerObserver, boundedAnswers } from "./bounded-answers.ts";
import type { GraphContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { formatGraphError } from "./errors.ts";
import { noAliasedIntrospectionLists } from "./introspection-lists.ts";

/** By default the rules throw, which would count as an internal error; reported, it is an error of the document. */
const reporting = {
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null, error: GraphQLError): void => context?.reportError(error)],
};

export function createGraphServer({
  schema,
  introspection,
  log,
  documents,
  values,
  observe,
}: {
  /** Its lists are bounded from now on. */
  schema: GraphQLSchema;
  introspection: boolean;
  log: Logger;
  /** The document cache of this schema. */
  documents: Documents;
  /** Shared by all graphs. */
  values: ValuePool;
  observe: AnswerObserver;
}): ApolloServer<GraphContext> {
  boundLists(schema, values);
  liftDeadlines(schema);
  return new ApolloServer<GraphContext>({
    schema,
    documentStore: documents,
    introspection,
    logger: log,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    // http/ drains: it knows which requests are open.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: requestBudget.documentTokens },
    validationOptions: { maxErrors: requestBudget.documentErrors },
    executionOptions: { maxCoercionErrors: requestBudget.documentErrors },
    validationRules: [
      maxDepthRule({
        n: requestBudget.documentDepth,
        ignoreIntrospection: true,
        ...reporting,
      }) as ValidationRule,
      maxAliasesRule({
        n: requestBudget.documentAliases,
        // Hive Gateway requests the users of each list in a document under an alias; one loader batches all of them.
        allowList: ["__typename", "_entities"],
        ...reporting,
      }) as ValidationRule,
      noAliasedIntrospectionLists,
    ],
    formatError: (formatted, error) => formatGraphError(formatted, error, log),
    plugins: [
      // Inline tracing is enabled by default for subgraphs, and costs time on every request.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      boundedAnswers((error) => formatGraphError(error, error, log), observe),
    ],
  });
}
