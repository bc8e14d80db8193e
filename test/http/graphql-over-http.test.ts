/** Both graphs as the GraphQL over HTTP specification has them: graphql-http's own audits. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { serverAudits } from "graphql-http";
import { ADMIN_KEY, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

/** What a server MAY do and this one does not: a query by GET needs a header that a form of another site cannot send. */
const declined = [
  "MAY accept application/x-www-form-urlencoded formatted GET requests",
  "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json",
  "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json",
];

/** Headers that every request of the audits gets besides its own. */
const fetchWith =
  (more: Record<string, string>): typeof fetch =>
  (url, init) =>
    fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), ...more } });

describe.each([
  ["/graphql", {}, declined],
  ["/graphql", { "apollo-require-preflight": "1" }, []],
  ["/admin/graphql", { authorization: `Bearer ${ADMIN_KEY}` }, declined],
])("%s with %j", (path, headers, notices) => {
  const audits = serverAudits({ url: () => `${gateway.url}${path}`, fetchFn: fetchWith(headers) });

  it.each(audits.map((audit) => [audit.name, audit] as const))("%s", async (name, audit) => {
    const result = await audit.fn();
    const expected = (notices as string[]).includes(name) ? "notice" : "ok";
    expect([result.status, "reason" in result && result.reason]).toEqual([
      expected,
      expected === "ok" ? false : expect.any(String),
    ]);
  });
});

const invalidDocuments = [
  ["does not parse", { query: "{" }, "GRAPHQL_PARSE_FAILED"],
  ["asks for what there is not", { query: "{ nope }" }, "GRAPHQL_VALIDATION_FAILED"],
  [
    "names no operation of its own",
    { query: "{ __typename }", operationName: "X" },
    "OPERATION_RESOLUTION_FAILURE",
  ],
  [
    "has a variable of another type",
    { query: "query ($i: ID!) { user(id: $i) { id } }", variables: { i: {} } },
    "BAD_USER_INPUT",
  ],
] as const;

it.each(invalidDocuments)(
  "tells a document that %s by the code, whatever the status",
  async (_, body, code) => {
    for (const [accept, status] of [
      ["application/json", 200],
      ["application/graphql-response+json", 400],
    ] as const) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", accept },
        body: JSON.stringify(body),
      });
      const answer = (await response.json()) as {
        data?: unknown;
        errors: { extensions: { code: string } }[];
      };
      expect([response.status, answer.errors[0]?.extensions.code]).toEqual([status, code]);
      expect(answer).not.toHaveProperty("data");
    }
  },
);
