/** Sends operations to the graph, as whoever logged in last. */
import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { findTokens, parseSession, readSession, storeSession } from "./session.ts";

const ENDPOINT = "/graphql";

export async function send(
  body: FetcherParams,
  headers: Record<string, string> = {},
): Promise<{ data?: unknown }> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** These ask who you are of what they are given, so an old token must not stand in their way. */
const NEEDS_NO_TOKEN = /\b(__schema|refreshSession)\b/;

export const fetcher: Fetcher = async (params, options) => {
  const given = (options?.headers ?? {}) as Record<string, string>;
  const stored = parseSession(readSession());
  const hasOwn = Object.keys(given).some((name) => name.toLowerCase() === "authorization");
  const attach = stored !== null && !hasOwn && !NEEDS_NO_TOKEN.test(params.query);
  const answer = await send(
    params,
    attach ? { ...given, authorization: `Bearer ${stored.accessToken}` } : given,
  );
  const tokens = findTokens(answer.data);
  if (tokens) storeSession(tokens);
  const data = answer.data as { logout?: unknown; deleteMe?: unknown } | null | undefined;
  if ((data?.logout || data?.deleteMe) && !/OTHERS/.test(params.query)) storeSession(null);
  return answer as Awaited<ReturnType<typeof fetcher>>;
};
