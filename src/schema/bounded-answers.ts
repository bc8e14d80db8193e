/** Bounds responses: the number of errors, and the length of the data; if exceeded, one error replaces both. */
import type {
  ApolloServerPlugin,
  GraphQLRequestContextWillSendResponse,
  GraphQLRequestListener,
} from "@apollo/server";
import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from "graphql";
import { toErrorResponse } from "../client-error.ts";
import { requestBudget } from "../request-budget.ts";
import { answerError, isLongerThan } from "./answer-budget.ts";
import type { GraphContext } from "./context.ts";

/** Counts operations and errors, for metrics. */
export type AnswerObserver = (answer: GraphQLRequestContextWillSendResponse<GraphContext>) => void;

/** @param observe called with each response; in the same plugin, because each plugin costs every request 3 µs */
export function boundedAnswers(
  format: (error: GraphQLError) => GraphQLFormattedError,
  observe: AnswerObserver,
): ApolloServerPlugin<GraphContext> {
  const listener: GraphQLRequestListener<GraphContext> = {
    async didEncounterErrors({ errors, contextValue: { answer }, operation }) {
      if (errors.length > requestBudget.fieldErrors) {
        answer.error ??= answerError("ANSWER_TOO_LARGE", operation?.operation === "mutation");
      }
      // Apollo formats what this array holds when its listeners are done.
      if (answer.error) (errors as GraphQLError[]).splice(0, errors.length, answer.error);
    },
    async willSendResponse(context) {
      bound(context);
      observe(context);
    },
  };

  function bound({
    response,
    contextValue: { answer },
    operation,
  }: GraphQLRequestContextWillSendResponse<GraphContext>): void {
    const { body } = response;
    if (body.kind !== "single") return;
    const isDone = operation?.operation === "mutation";
    const isLong = answer.hasLists && isLongerThan(body.singleResult.data, requestBudget.answerBytes);
    if (isLong) answer.error = answerError("ANSWER_TOO_LARGE", isDone);
    if (!answer.error) return;
    const result: FormattedExecutionResult = { errors: [format(answer.error)] };
    body.singleResult = isDone ? { ...result, data: null } : result;
    const { status = 500, headers = {} } = toErrorResponse(answer.error.originalError) ?? {};
    response.http.status = status;
    for (const [name, value] of Object.entries(headers)) response.http.headers.set(name, value);
  }

  return { requestDidStart: async () => listener };
}
