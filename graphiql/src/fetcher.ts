/** Sends operations to the graph with the token of the last login. */
import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { noteHint, readHint } from "./hint.ts";
import { proveWhenAsked } from "./proof-of-work.ts";
import {
  clearSession,
  findTicket,
  findTokens,
  parseSession,
  readClaims,
  readSession,
  readTicket,
  reportProblem,
  storeTicket,
  storeTokens,
} from "./session.ts";

/** Relative to this page, so that it works behind a proxy with a path prefix. */
const ENDPOINT = new URL("../graphql", document.baseURI).href;

interface ResponseError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}
interface GraphResponse {
  readonly data?: unknown;
  readonly errors?: readonly ResponseError[];
}
const codeOf = ({ extensions }: ResponseError): string | undefined => extensions?.code;

async function send(body: FetcherParams, headers: Record<string, string> = {}): Promise<GraphResponse> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  try {
    return await response.json();
  } catch {
    // For example an HTML error page of a proxy.
    const message = `The response is not JSON: ${response.status} ${response.statusText}`.trim();
    return { errors: [{ message }] };
  }
}

/** Operations that need no access token, and must not fail because of an expired one. */
const NEEDS_NO_TOKEN = new Set([
  "__schema",
  "__type",
  "loginAnonymous",
  "login",
  "passkeyLoginOptions",
  "refreshSession",
  "requestEmailCode",
]);

/** The root fields of a document. Parsed from the text, because the editor's syntax tree lags behind it. */
function rootFields(query: string): string[] {
  const bare = query
    .replaceAll(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, "")
    .replaceAll(/\([^()]*\)/g, "")
    .replaceAll(/\w+\s*:/g, "");
  const names: string[] = [];
  let depth = 0;
  for (const [token] of bare.matchAll(/[{}]|\w+/g)) {
    if (token === "{") depth += 1;
    else if (token === "}") depth -= 1;
    else if (depth === 1) names.push(token);
  }
  return names;
}

function ownAuthorization(headers: Record<string, string>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization")?.[1];
}

/**
 * Replaces an empty `ticket` variable with the merge ticket of the last conflict, and an empty `response` with that of the
 * browser to the last options of a passkey.
 */
function withStored(params: FetcherParams): FetcherParams {
  const variables = { ...params.variables };
  const ticket = readTicket();
  const hint = readHint();
  if (variables.ticket === "" && ticket !== null) variables.ticket = ticket;
  if (isEmptyObject(variables.response) && hint?.kind === "response") variables.response = hint.response;
  return { ...params, variables };
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

export const fetcher: Fetcher = async (params, options) => {
  const given = (options?.headers ?? {}) as Record<string, string>;
  const fields = rootFields(params.query);
  const isIntrospection = params.query.includes("__schema");
  const stored = parseSession(readSession());
  const own = ownAuthorization(given);
  const attached =
    own === undefined && !isIntrospection && !fields.every((name) => NEEDS_NO_TOKEN.has(name))
      ? stored?.accessToken
      : undefined;
  const headers = attached ? { ...given, authorization: `Bearer ${attached}` } : given;
  const result = await proveWhenAsked(params.query, (query) =>
    send({ ...withStored(params), query }, headers),
  );
  if (!isIntrospection)
    noteHint({ query: params.query, data: result.data, codes: result.errors?.map(codeOf) ?? [] });
  const ticket = findTicket(result.data);
  if (ticket) storeTicket(ticket);

  const tokens = findTokens(result.data);
  const sent = attached ?? own?.replace(/^Bearer +/i, "");
  if (tokens) storeTokens(tokens);
  else if (sent && hasEnded(params, fields, result) && isStored(sent)) clearSession();
  if (attached && result.errors?.some((error) => codeOf(error) === "UNAUTHENTICATED")) {
    reportProblem(attached, "The gateway no longer accepts this token. Refresh or clear the session.");
  }
  return result as Awaited<ReturnType<typeof fetcher>>;
};

function hasEnded(
  params: FetcherParams,
  fields: readonly string[],
  { data, errors }: GraphResponse,
): boolean {
  const endsSession = fields.includes("logout") || fields.includes("deleteMe");
  return endsSession && Boolean(data) && !errors && !/\bOTHERS\b/.test(JSON.stringify(params));
}

/** Whether a token belongs to the stored session, even if it is not the latest. */
function isStored(accessToken: string): boolean {
  const stored = parseSession(readSession());
  return stored !== null && readClaims(stored.accessToken)?.sid === readClaims(accessToken)?.sid;
}

const REFRESH = `mutation Refresh($refreshToken: String!) {
  refreshSession(refreshToken: $refreshToken) { accessToken refreshToken }
}`;

export async function refresh(accessToken: string, refreshToken: string): Promise<void> {
  try {
    const { data, errors } = await send({ query: REFRESH, variables: { refreshToken } });
    const tokens = findTokens(data);
    if (tokens) storeTokens(tokens);
    else reportProblem(accessToken, `Refresh failed: ${errors?.[0]?.message ?? "no token in the response"}`);
  } catch (error) {
    reportProblem(accessToken, `Refresh failed: ${error instanceof Error ? error.message : error}`);
  }
}
