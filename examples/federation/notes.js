/** A subgraph that stores notes by the user id of their author, and nothing else about users. */
import { once } from "node:events";
import { createServer } from "node:http";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { lifecycleHandler, passerbyContext, requireUser } from "passerby/subgraph";

export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])

  type Note @key(fields: "id") {
    id: ID!
    text: String!
    "null when the author was deleted, until the notes are too."
    author: User
  }

  type User @key(fields: "id") {
    id: ID!
    ids: [ID!]! @external
    "Includes the notes of guests that were merged into this user."
    notes: [Note!]! @requires(fields: "ids")
  }

  type Query {
    notes: [Note!]!
    myNotes: [Note!]!
  }

  type Mutation {
    writeNote(text: String!): Note!
  }
`;

export async function startNotes({ issuer, gatewayUrl, port, eventsPort, webhookSecret }) {
  let notes = [];
  let written = 0;
  const byAuthors = (ids) => notes.filter(({ authorId }) => ids.includes(authorId));

  const deleteNotes = ({ user: { ids } }) => {
    const deleted = byAuthors(ids);
    notes = notes.filter((note) => !deleted.includes(note));
    return `${deleted.length} notes deleted`; // the purge receipt
  };
  // Each callback may run twice for one event, and then finds nothing to do.
  const events = createServer(
    lifecycleHandler({
      secrets: [webhookSecret],
      onMerged({ user, formerId }) {
        for (const note of byAuthors([formerId])) note.authorId = user.id;
      },
      onDeleted: deleteNotes,
      onExpired: deleteNotes,
    }),
  ).listen(eventsPort, "127.0.0.1");
  await once(events, "listening");

  const resolvers = {
    Query: {
      notes: () => notes,
      async myNotes(_, __, context) {
        requireUser(context);
        return byAuthors(await myIds(gatewayUrl, context.authorization));
      },
    },
    Mutation: {
      writeNote(_, { text }, context) {
        const authorId = requireUser(context).id;
        written += 1;
        const note = { id: String(written), text, authorId };
        notes.push(note);
        return note;
      },
    },
    Note: {
      __resolveReference: ({ id }) => notes.find((note) => note.id === id),
      author: ({ authorId }) => ({ id: authorId }),
    },
    User: {
      __resolveReference: (user) => user,
      // The router fetches `ids` from the gateway; a deleted user has none.
      notes: ({ ids }) => byAuthors(ids ?? []),
    },
  };

  const server = new ApolloServer({
    schema: buildSubgraphSchema({ typeDefs: parse(typeDefs), resolvers }),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const readCaller = passerbyContext({ issuer, gatewayUrl });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: "127.0.0.1" },
    context: async (source) => ({
      ...(await readCaller(source)),
      authorization: source.req.headers.authorization,
    }),
  });
  return {
    url,
    async stop() {
      events.close();
      events.closeAllConnections();
      await server.stop();
    },
  };
}

/** The token has the current user id only; former ids come from the gateway. */
async function myIds(gatewayUrl, authorization) {
  const response = await fetch(`${gatewayUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization },
    body: JSON.stringify({ query: "{ me { ids } }" }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data.me.ids;
}
