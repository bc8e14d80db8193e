/** A federated graph over real HTTP: a gateway, the notes subgraph of the example, and a router in front. */
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { startNotes } from "../../examples/federation/notes.js";
import { compose, startRouter } from "../../examples/federation/router.js";
import { TEST_SECRET } from "../../src/testing/index.ts";
import { type Answer, createDatabase, type Gateway, startGateway, TestClock } from "./gateway.ts";

interface Place {
  readonly subgraphs: { name: string; url: string }[];
  readonly issuer: string;
  readonly gatewayUrl: string;
  readonly port: number;
}

interface Part {
  readonly url: string;
  stop(): Promise<void>;
}

async function startApolloGateway({ subgraphs, port }: Place): Promise<Part> {
  class Forwarding extends RemoteGraphQLDataSource<{ authorization?: string }> {
    override willSendRequest({
      request,
      context,
    }: Parameters<NonNullable<RemoteGraphQLDataSource["willSendRequest"]>>[0]) {
      const { authorization } = context as { authorization?: string };
      if (authorization) request.http?.headers.set("authorization", authorization);
    }
  }
  const gateway = new ApolloGateway({
    supergraphSdl: await compose(subgraphs),
    buildService: ({ url }) => new Forwarding({ url }),
  });
  const server = new ApolloServer<{ authorization?: string }>({ gateway, stopOnTerminationSignals: false });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: "127.0.0.1" },
    context: async ({ req }) =>
      req.headers.authorization ? { authorization: req.headers.authorization } : {},
  });
  return { url, stop: () => server.stop() };
}

const starts = { "@apollo/gateway": startApolloGateway, "Hive Gateway": startRouter };
export type RouterName = keyof typeof starts;
export const routers = Object.keys(starts) as RouterName[];

export interface Federation {
  readonly gateway: Gateway;
  /** Sends an operation to the router. */
  ask(query: string, options?: { token?: string; variables?: object }): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startFederation(router: RouterName): Promise<Federation> {
  const database = await createDatabase("sqlite");
  // Subgraph and router look at the time of this machine.
  const gateway = await startGateway({ url: database.url, clock: new TestClock(new Date()) });
  const place = { issuer: "http://localhost:4000", gatewayUrl: gateway.url, port: 0 };
  // No endpoint is created: nothing changes the notes of merged and deleted users.
  const notes = await startNotes({ ...place, eventsPort: 0, webhookSecret: TEST_SECRET });
  const subgraphs = [
    { name: "passerby", url: `${gateway.url}/graphql` },
    { name: "notes", url: notes.url },
  ];
  const front = await starts[router]({ ...place, subgraphs });
  return {
    gateway,
    async ask(query, { token, variables } = {}) {
      const response = await fetch(front.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
      });
      const { status, headers } = response;
      return { ...((await response.json()) as Answer), status, headers };
    },
    async stop() {
      for (const part of [front, notes, gateway]) await part.stop();
      await database.drop();
    },
  };
}
