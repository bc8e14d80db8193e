import { CombinedGraphQLErrors } from "@apollo/client";
import { explainError } from "./explain.ts";

export const explainQueryError = (error: unknown): string =>
  CombinedGraphQLErrors.is(error) ? error.message : explainError(error);

export const Problem = ({ text }: { text: string | false | null | undefined }) =>
  text ? <p role="alert">{text}</p> : null;
