/** The context in the servers that people use: a header is judged alike in all of them, and rejections look alike. */
import { createServer, type Server } from "node:http";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import Fastify from "fastify";
import { GraphQLError } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import {
  type PasserbyContext,
  passerbyContext,
  requirePermanentUser,
  requireUser,
} from "../../src/subgraph/index.ts";
import { createProofKey, signProof, startTestIssuer, type TestIssuer } from "../../src/testing/index.ts";

const typeDefs = "type Query { who: String, user: String!, known: String! }";
const resolvers = {
  Query: {
    who: (_: unknown, __: unknown, context: PasserbyContext) => context.caller?.id ?? null,
    user: (_: unknown, __: unknown, context: PasserbyContext) => requireUser(context).id,
    known: (_: unknown, __: unknown, context: PasserbyContext) => requirePermanentUser(context).id,
  },
};

interface Running {
  readonly url: string;
  stop(): Promise<unknown>;
}

const listen = async (server: Server): Promise<Running> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
};

const servers: [name: string, start: (issuer: string) => Promise<Running>][] = [
  [
    "Apollo Server, standalone",
    async (issuer) => {
      const server = new ApolloServer<PasserbyContext>({ typeDefs, resolvers });
      const context = passerbyContext({ issuer, GraphQLError, log: null });
      const { url } = await startStandaloneServer(server, {
        context,
        listen: { port: 0, host: "127.0.0.1" },
      });
      return { url, stop: () => server.stop() };
    },
  ],
  [
    "Apollo Server on Fastify, with more in its context",
    async (issuer) => {
      const server = new ApolloServer<PasserbyContext & { shop: string }>({ typeDefs, resolvers });
      await server.start();
      const passerby = passerbyContext({ issuer, GraphQLError, log: null });
      const fastify = Fastify();
      fastify.post(
        "/graphql",
        fastifyApolloHandler(server, {
          context: async (request) => ({ ...(await passerby(request)), shop: "open" }),
        }),
      );
      await fastify.listen({ port: 0, host: "127.0.0.1" });
      const { port } = fastify.server.address() as { port: number };
      return { url: `http://127.0.0.1:${port}/graphql`, stop: () => fastify.close() };
    },
  ],
  [
    "Yoga",
    async (issuer) => {
      const context = passerbyContext({ issuer, GraphQLError, log: null });
      const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context, logging: false });
      return listen(createServer(yoga));
    },
  ],
  [
    "Yoga with more in its context",
    async (issuer) => {
      const passerby = passerbyContext({ issuer, GraphQLError, log: null });
      const yoga = createYoga({
        schema: createSchema<PasserbyContext & { shop: string }>({ typeDefs, resolvers }),
        context: async (initial) => ({ ...(await passerby(initial)), shop: "open" }),
        logging: false,
      });
      return listen(createServer(yoga));
    },
  ],
];

describe.each(servers)("in %s", (_, start) => {
  let issuer: TestIssuer;
  let server: Running;
  beforeAll(async () => {
    issuer = await startTestIssuer();
    server = await start(issuer.issuer);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), issuer.stop()]);
  });

  const ask = async (query: string, authorization?: string, more: Record<string, string> = {}) => {
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(authorization !== undefined && { authorization }),
        ...more,
      },
      body: JSON.stringify({ query }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
    return { status: response.status, ...((await response.json()) as any) };
  };

  it("knows the caller by a valid token, and has no caller without a header", async () => {
    const claims = issuer.createClaims();
    expect(await ask("{ who user known }", `Bearer ${issuer.issueToken(claims)}`)).toEqual({
      status: 200,
      data: { who: claims.sub, user: claims.sub, known: claims.sub },
    });
    expect(await ask("{ who }")).toEqual({ status: 200, data: { who: null } });
  });

  // Clients that have no token yet send the header all the same; Apollo Client's documentation has it so.
  it.each(["", " ", "Bearer", "Bearer  ", "DPoP"])(
    "takes a header without a token (%j) for none",
    async (authorization) => {
      expect(await ask("{ who }", authorization)).toEqual({ status: 200, data: { who: null } });
    },
  );

  it("rejects a header without a good token: 401, and no field is resolved", async () => {
    const hour = Math.floor(Date.now() / 1_000) - 3_600;
    const bad = [
      "Basic dXNlcjpwYXNz",
      "Bearer garbage",
      "Bearer undefined",
      "Bearer null",
      "Bearer a b",
      `Bearer ${issuer.issueToken({ aud: "https://other.example" })}`,
      `Bearer ${issuer.issueToken()}, Bearer ${issuer.issueToken()}`,
    ];
    for (const authorization of bad) {
      const { status, data, errors } = await ask("{ who }", authorization);
      expect([authorization, status, data]).toEqual([authorization, 401, undefined]);
      expect(errors).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(/^The (access token|Authorization header) /),
          extensions: expect.objectContaining({ code: "UNAUTHENTICATED" }),
        }),
      ]);
      expect(errors[0].extensions.http).toBeUndefined();
    }
    const expired = await ask("{ who }", `Bearer ${issuer.issueToken({ iat: hour, exp: hour + 60 })}`);
    expect(expired.errors[0].message).toBe("The access token has expired. Refresh the session.");
  });

  it("knows the caller by a bound token with a proof, and rejects it without one, or twice", async () => {
    const key = createProofKey();
    const claims = issuer.createClaims({ cnf: { jkt: key.thumbprint } });
    const token = issuer.issueToken(claims);
    const proof = (url = server.url): string => signProof(key, { method: "POST", url, token });
    const who = (scheme: string, dpop?: string) => ask("{ who }", `${scheme} ${token}`, dpop ? { dpop } : {});
    const used = proof();
    expect(await who("DPoP", used)).toEqual({ status: 200, data: { who: claims.sub } });
    // As behind a proxy that ends TLS.
    const secure = proof(server.url.replace("http:", "https:"));
    expect(await who("dpop", secure)).toEqual({ status: 200, data: { who: claims.sub } });
    for (const [scheme, dpop] of [
      ["Bearer", undefined],
      ["Bearer", proof()],
      ["DPoP", undefined],
      ["DPoP", used],
      ["DPoP", proof("https://other.example/graphql")],
      ["DPoP", proof(`${server.url}/more`)],
    ] as const) {
      const { status, data, errors } = await who(scheme, dpop);
      expect([status, data, errors[0].extensions.code]).toEqual([401, undefined, "UNAUTHENTICATED"]);
      expect(errors[0].message).toMatch(/bound to a key/);
    }
  });

  it("fails at the field that needs a user, or a permanent user", async () => {
    const codes = async (query: string, authorization?: string): Promise<unknown> => {
      const { status, errors } = await ask(query, authorization);
      return [status, errors?.map(({ extensions }: { extensions: { code: string } }) => extensions.code)];
    };
    expect(await codes("{ user }")).toEqual([200, ["UNAUTHENTICATED"]]);
    expect(await codes("{ known }")).toEqual([200, ["UNAUTHENTICATED"]]);
    const guest = `Bearer ${issuer.issueToken({ is_anonymous: true })}`;
    expect(await codes("{ user }", guest)).toEqual([200, undefined]);
    expect(await codes("{ known }", guest)).toEqual([200, ["FORBIDDEN"]]);
  });

  it("answers 503 while nothing can be said about the token", async () => {
    const unreachable = await start("http://127.0.0.1:9");
    const response = await fetch(unreachable.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${issuer.issueToken()}` },
      body: JSON.stringify({ query: "{ who }" }),
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }],
    });
    await unreachable.stop();
  });
});

describe("without GraphQL", () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await startTestIssuer();
  });
  afterAll(() => issuer.stop());

  it("is a hook of Fastify, whose answer is 401", async () => {
    const readCaller = passerbyContext({ issuer: issuer.issuer, log: null });
    const fastify = Fastify();
    fastify.get("/", async (request) => (await readCaller(request)).caller);
    const get = (headers: Record<string, string>) => fastify.inject({ url: "/", headers });
    const claims = issuer.createClaims({ is_anonymous: true });
    expect((await get({ authorization: `bearer ${issuer.issueToken(claims)}` })).json()).toEqual({
      id: claims.sub,
      isAnonymous: true,
      sessionId: claims.sid,
      claims,
    });
    expect((await get({})).body).toBe("null");
    expect((await get({ authorization: "Bearer garbage" })).statusCode).toBe(401);
    await fastify.close();
  });

  it("reads requests of the Fetch API, and headers in any case", async () => {
    const readCaller = passerbyContext({ issuer: issuer.issuer, log: null });
    const authorization = `Bearer ${issuer.issueToken()}`;
    const sources = [
      new Request("http://shop.example", { headers: { authorization } }),
      { headers: { Authorization: authorization } },
      { req: { headers: { authorization: [authorization] } } },
    ];
    for (const source of sources) expect((await readCaller(source)).caller).not.toBeNull();
    const two = { headers: { authorization: [authorization, authorization] } };
    await expect(readCaller(two)).rejects.toMatchObject({ extensions: { code: "UNAUTHENTICATED" } });
  });

  it("pins the URL of proofs, and accepts one several times, where it is told to", async () => {
    const key = createProofKey();
    const token = issuer.issueToken({ cnf: { jkt: key.thumbprint } });
    const resourceUrl = "https://api.example.com/graphql";
    const said: string[] = [];
    const log = (line: string): void => void said.push(line);
    const readCaller = passerbyContext({ issuer: issuer.issuer, log, resourceUrl, reusedProofs: "accept" });
    const requestFor = (url: string) => ({
      method: "POST",
      url: "/",
      headers: {
        // What a client says it is: it is not what decides.
        host: new URL(url).host,
        authorization: `DPoP ${token}`,
        dpop: signProof(key, { method: "POST", url, token }),
      },
    });
    const right = requestFor(resourceUrl);
    expect((await readCaller(right)).caller?.claims.cnf?.jkt).toBe(key.thumbprint);
    expect((await readCaller(right)).caller).not.toBeNull();
    for (const url of ["https://evil.example/graphql", "http://api.example.com/graphql"]) {
      await expect(readCaller(requestFor(url))).rejects.toMatchObject({
        extensions: { code: "UNAUTHENTICATED" },
      });
    }
    expect(said).toEqual([
      expect.stringMatching(/`htu` is not the option resourceUrl, https:\/\/api\.example/),
    ]);
    expect(() => passerbyContext({ issuer: issuer.issuer, resourceUrl: "/graphql" })).toThrow(
      /resourceUrl must be/,
    );
  });

  it("takes nothing that is no request for a request without a header", async () => {
    const readCaller = passerbyContext({ issuer: issuer.issuer, log: null });
    for (const source of [{}, { req: {} }, null, undefined]) {
      await expect(readCaller(source as never)).rejects.toThrow(TypeError);
    }
  });

  it("fails without the error class of a graphql package, with the same codes", async () => {
    const context = { caller: null };
    const rejection = (): unknown => requireUser(context);
    expect(rejection).toThrow(
      expect.objectContaining({ name: "GraphQLError", extensions: { code: "UNAUTHENTICATED" } }),
    );
  });
});
