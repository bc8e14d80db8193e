/** Resolvers of the same shape, the same signature and verification, no database. */
import { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify from "fastify";
import { v7 as uuidv7 } from "uuid";
import { createTokens } from "./access-tokens.js";

const tokens = createTokens();

const typeDefs = `
  type User { id: ID! isAnonymous: Boolean! }
  type AuthPayload { user: User! accessToken: String! refreshToken: String! }
  type Query { me: User }
  type Mutation { loginAnonymous: AuthPayload! }
`;
const resolvers = {
  Query: {
    me: (_root, _arguments, { claims }) => claims && { id: claims.userId, isAnonymous: true },
  },
  Mutation: {
    loginAnonymous() {
      const [userId, sessionId] = [uuidv7(), uuidv7()];
      return {
        user: { id: userId, isAnonymous: true },
        accessToken: tokens.issue({ userId, sessionId, createdAt: Date.now() }),
        refreshToken: tokens.deriveRefreshToken(sessionId, 0),
      };
    },
  },
};

const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();
const fastify = Fastify();
fastify.route({
  url: "/graphql",
  method: ["GET", "POST"],
  handler: fastifyApolloHandler(apollo, {
    context: async ({ headers }) => ({
      claims: headers.authorization ? tokens.verify(headers.authorization.slice("Bearer ".length)) : null,
    }),
  }),
});
await fastify.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.on("SIGTERM", () => process.exit());
