/** Starts a whole gateway with one call, over real HTTP, on a real database, with a clock that tests move. */
import "reflect-metadata";
import { type Logger, pino } from "pino";
import { type App, createApp } from "../../src/app.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { createDatabase, type DatabaseName, databases } from "./database.ts";
import { ADMIN_KEY, MASTER_KEY } from "./keys.ts";
import { TestClock } from "./test-clock.ts";

export { ADMIN_KEY, createDatabase, type DatabaseName, databases, MASTER_KEY, TestClock };

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
type Loose = any;

export type Answer = {
  data: Loose;
  errors?: { message: string; extensions: Loose }[];
  status: number;
  headers: Headers;
};

/** The public graph of a gateway, in this process or elsewhere. */
export interface PublicGraph {
  /** Sends an operation. */
  graph(
    query: string,
    options?: { token?: string | undefined; variables?: object; headers?: object },
  ): Promise<Answer>;
}

export interface Gateway extends PublicGraph {
  readonly app: App;
  readonly url: string;
  readonly clock: TestClock;
  /** Sends an operation to the admin graph, with the admin key unless another token is given. */
  admin(query: string, options?: { token?: string; variables?: object }): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startGateway(options: {
  url: string;
  clock?: TestClock;
  log?: Logger;
  settings?: Record<string, string>;
  /** Where it listens, such as one that was stopped did; a free one unless given. */
  port?: number;
}): Promise<Gateway> {
  const clock = options.clock ?? new TestClock();
  const settings = readSettings({
    PORT: "0",
    DATABASE_URL: options.url,
    MASTER_KEY,
    ADMIN_KEY,
    PUBLIC_URL: "http://localhost:4000",
    RATE_LIMITS: "off",
    GUEST_PROOF_OF_WORK: "off",
    INITIAL_PROVIDERS: "anon-user,local-userpass",
    ...options.settings,
  });
  const log = options.log ?? pino({ level: "silent" });
  const app = await createApp({ settings, log, clock, housekeeping: false });
  await app.http.fastify.listen({ port: options.port ?? 0, host: "127.0.0.1" });
  const { port } = app.http.fastify.server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;

  const send = async (
    path: string,
    query: string,
    token?: string,
    variables?: object,
    headers?: object,
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        // As GraphQL clients of today do; without the first, a rejected document has the status 200.
        accept: "application/graphql-response+json, application/json",
        // A kept connection may be closed by the gateway just when the next request is sent, when both were held up.
        connection: "close",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Answer;
    return { ...body, status: response.status, headers: response.headers };
  };
  return {
    app,
    url,
    clock,
    graph: (query, { token, variables, headers } = {}) => send("/graphql", query, token, variables, headers),
    admin: (query, { token = ADMIN_KEY, variables } = {}) => send("/admin/graphql", query, token, variables),
    stop: () => app.stop(),
  };
}

/** The code of the first error; undefined when there was none. */
export const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code;

export interface Login {
  id: string;
  accessToken: string;
  refreshToken: string;
}

const PAYLOAD =
  "user { id isAnonymous expiresAt } session { id } accessToken refreshToken refreshTokenExpiresAt";

export async function loginAnonymously(gateway: PublicGraph): Promise<Login> {
  const { data } = await gateway.graph(`mutation { loginAnonymous { ${PAYLOAD} } }`);
  const { user, accessToken, refreshToken } = data.loginAnonymous;
  return { id: user.id, accessToken, refreshToken };
}

export const login = (gateway: Gateway, email: string, password: string): Promise<Answer> =>
  gateway.graph(`mutation ($c: Credentials!) { login(credentials: $c) { ${PAYLOAD} } }`, {
    variables: { c: { emailPassword: { email, password } } },
  });

export const linkEmail = (
  gateway: Gateway,
  token: string,
  email: string,
  password = "correct horse",
): Promise<Answer> =>
  gateway.graph(
    `mutation ($c: Credentials!) { linkIdentity(credentials: $c) { ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { provider mergeTicket expiresAt } } }`,
    { token, variables: { c: { emailPassword: { email, password } } } },
  );

export const refresh = (gateway: Gateway, refreshToken: string): Promise<Answer> =>
  gateway.graph(`mutation ($t: String!) { refreshSession(refreshToken: $t) { ${PAYLOAD} } }`, {
    variables: { t: refreshToken },
  });

export const me = (gateway: Gateway, token?: string): Promise<Answer> =>
  gateway.graph("{ me { id isAnonymous expiresAt identities { provider email } } }", { token });

/** Rows of a table, counted behind the gateway's back. */
export async function countRows(gateway: Gateway, table: string, where = "1 = 1"): Promise<number> {
  const [row] = await gateway.app.database.reads.query(
    `SELECT count(*) AS count FROM ${table} WHERE ${where}`,
  );
  return Number(row.count);
}

export const mergeUser = (gateway: Gateway, token: string, ticket: string): Promise<Answer> =>
  gateway.graph(
    `mutation ($t: String!) { mergeUser(ticket: $t) {
       user { id isAnonymous formerIds identities { provider } } accessToken refreshToken } }`,
    { token, variables: { t: ticket } },
  );

/** Switches a provider on or off, through draft and deploy. */
export async function deployProvider(
  gateway: Gateway,
  name: string,
  enabled: boolean,
  settings?: object,
): Promise<void> {
  const saved = await gateway.admin(
    "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }",
    { variables: { i: { name, enabled, settings } } },
  );
  const deployed = await gateway.admin("mutation { deploy { version } }");
  const [error] = [...(saved.errors ?? []), ...(deployed.errors ?? [])];
  if (error) throw new Error(error.message);
}
