/** Apollo alone: the gateway's stack and signature, and no database: what GraphQL over HTTP costs by itself. */
import { randomUUID } from "node:crypto";
import { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify from "fastify";
import { issueAccessToken, readAccessToken } from "../support/access-token.js";

const typeDefs = `
  type User { id: ID! isAnonymous: Boolean! }
  type AuthPayload { user: User! accessToken: String! refreshToken: String! }
  type Query { me: User }
  type Mutation { loginAnonymous: AuthPayload! }
`;
const resolvers = {
  Query: { me: (_root, _args, { sessionId }) => ({ id: sessionId, isAnonymous: true }) },
  Mutation: {
    loginAnonymous: () => {
      const id = randomUUID();
      return {
        user: { id, isAnonymous: true },
        accessToken: issueAccessToken(id, id),
        refreshToken: randomUUID(),
      };
    },
  },
};

const apollo = new ApolloServer({ typeDefs, resolvers, stopOnTerminationSignals: false });
await apollo.start();
const fastify = Fastify();
fastify.get("/readyz", async () => ({ status: "ready" }));
fastify.route({
  url: "/graphql",
  method: ["GET", "POST"],
  handler: fastifyApolloHandler(apollo, {
    context: async ({ headers }) => ({
      sessionId: headers.authorization
        ? readAccessToken(headers.authorization.slice("Bearer ".length))
        : null,
    }),
  }),
});
await fastify.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
