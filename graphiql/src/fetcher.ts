/** Sends operations to the graph, as whoever logged in last. */
import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { noteHint } from "./hint.ts";
import {
  findTicket,
  findTokens,
  forgetSession,
  parseSession,
  readClaims,
  readSession,
  readTicket,
  reportProblem,
  storeTicket,
  storeTokens,
} from "./session.ts";

/** Beside this page, wherever a proxy shows both. */
const ENDPOINT = new URL("../graphql", document.baseURI).href;

interface AnswerError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}
interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[];
}
const codeOf = ({ extensions }: AnswerError): string | undefined => extensions?.code;

async function send(body: FetcherParams, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  try {
    return await response.json();
  } catch {
    // A proxy in front answers in its own words.
    const message = `The gateway did not answer in JSON: ${response.status} ${response.statusText}`.trim();
    return { errors: [{ message }] };
  }
}

/** These go by what they are given, so an old token must not stand in their way. */
const NEEDS_NO_TOKEN = new Set(["__schema", "__type", "loginAnonymous", "login", "refreshSession"]);

/** The names at the first level of a document; the editor's own syntax tree lags behind its text. */
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

/** An empty ticket stands for that of the last conflict, so that nobody copies it by hand. */
function withTicket(params: FetcherParams): FetcherParams {
  const ticket = readTicket();
  if (params.variables?.ticket !== "" || ticket === null) return params;
  return { ...params, variables: { ...params.variables, ticket } };
}

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
  const answer = await send(
    withTicket(params),
    attached ? { ...given, authorization: `Bearer ${attached}` } : given,
  );
  if (!isIntrospection) noteHint(params.query, answer.errors?.map(codeOf) ?? []);
  const ticket = findTicket(answer.data);
  if (ticket) storeTicket(ticket);

  const tokens = findTokens(answer.data);
  const sent = attached ?? own?.replace(/^Bearer +/i, "");
  if (tokens) storeTokens(tokens);
  else if (sent && hasEnded(params, fields, answer) && isStored(sent)) forgetSession();
  if (attached && answer.errors?.some((error) => codeOf(error) === "UNAUTHENTICATED")) {
    reportProblem(attached, "The gateway no longer accepts this token. Refresh it, or forget it.");
  }
  return answer as Awaited<ReturnType<typeof fetcher>>;
};

function hasEnded(params: FetcherParams, fields: readonly string[], { data, errors }: Answer): boolean {
  const isAsked = fields.includes("logout") || fields.includes("deleteMe");
  return isAsked && Boolean(data) && !errors && !/\bOTHERS\b/.test(JSON.stringify(params));
}

/** Whether a token is one of the session that is remembered, be it an older one. */
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
    else reportProblem(accessToken, `Not refreshed: ${errors?.[0]?.message ?? "no token came back"}`);
  } catch (error) {
    reportProblem(accessToken, `Not refreshed: ${error instanceof Error ? error.message : error}`);
  }
}
