/** Operations that the load sends as an honest client. */
import { ADMIN_KEY } from "../../support/gateway.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
type Loose = any;

export interface GraphAnswer {
  readonly data: Loose;
  readonly errors?: { message: string; extensions: Loose }[];
  readonly status: number;
}

/** @throws Error when there is no answer, or one that is not GraphQL's */
export async function ask(
  url: string,
  query: string,
  {
    token,
    variables,
    path = "/graphql",
  }: { token?: string | undefined; variables?: object; path?: string } = {},
): Promise<GraphAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  return { ...((await response.json()) as object), status: response.status } as GraphAnswer;
}

export const askAdmin = (url: string, query: string, variables?: object): Promise<GraphAnswer> =>
  ask(url, query, { token: ADMIN_KEY, variables: variables ?? {}, path: "/admin/graphql" });

/** Deploys a provider. @throws Error when it is rejected */
export async function deploy(url: string, name: string, settings: object = {}): Promise<void> {
  const saved = await askAdmin(
    url,
    "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }",
    { i: { name, enabled: true, settings } },
  );
  const deployed = await askAdmin(url, "mutation { deploy { version } }");
  const [error] = [...(saved.errors ?? []), ...(deployed.errors ?? [])];
  if (error) throw new Error(error.message);
}

export const LOGIN = "mutation { loginAnonymous { user { id } session { id } accessToken refreshToken } }";
export const LINK = `mutation ($c: Credentials!) { linkIdentity(credentials: $c) {
  ... on AuthPayload { user { id } accessToken refreshToken } ... on IdentityConflict { mergeTicket } } }`;
export const MERGE =
  "mutation ($t: String!) { mergeUser(ticket: $t) { user { id } accessToken refreshToken } }";

export const emailPassword = (email: string, password = "correct horse battery") => ({
  c: { emailPassword: { email, password } },
});
