import { CombinedGraphQLErrors, type TypedDocumentNode } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { useEffect } from "react";
import { GatewayError } from "./gateway.ts";

const RETRY_MS = 3_000;

/** A query that retries on network errors until there is a response. */
export function useRetriedQuery<Data>(query: TypedDocumentNode<Data>) {
  const result = useQuery(query);
  const { error, refetch } = result;
  const isUnanswered =
    error !== undefined && !CombinedGraphQLErrors.is(error) && !(error instanceof GatewayError);
  useEffect(() => {
    if (!isUnanswered) return;
    const retry = (): void => void refetch().catch(() => {});
    const timer = setTimeout(retry, RETRY_MS);
    addEventListener("online", retry);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", retry);
    };
  }, [isUnanswered, refetch]);
  return result;
}
