/** Apollo Client and urql with the adapters of the package, against a real gateway. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { parse } from "graphql";
import { createPasserby, type Passerby, PasserbyError } from "../../../packages/client/src/index.ts";
import { createApollo, createUrql } from "../../../packages/client/test/clients.ts";
import { createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { createNetwork, firstTimes, type Network } from "./network.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let network: Network;
let passerby: Passerby;
let items: Map<string, string>;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});
beforeEach(() => {
  network = createNetwork(gateway.url);
  items = new Map();
  passerby = createPasserby({
    url: `${gateway.url}/graphql`,
    fetch: network.fetch,
    storage: {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => items.set(key, value),
      removeItem: (key) => items.delete(key),
    },
  });
});

interface Asking {
  query(query: string): Promise<unknown>;
  mutate(query: string): Promise<unknown>;
}
// biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
type Loose = any;

const clients: Record<string, () => Asking> = {
  "Apollo Client": () => {
    const client = createApollo(passerby, network.fetch);
    return {
      query: async (query) =>
        (await client.query<Loose>({ query: parse(query), fetchPolicy: "no-cache" })).data,
      mutate: async (mutation) => (await client.mutate<Loose>({ mutation: parse(mutation) })).data,
    };
  },
  urql: () => {
    const client = createUrql(passerby, network.fetch);
    const dataOf = ({ data, error }: Loose) => {
      if (error) throw error.networkError ?? error;
      return data;
    };
    return {
      query: async (query) => dataOf(await client.query(query, {}, { requestPolicy: "network-only" })),
      mutate: async (mutation) => dataOf(await client.mutation(mutation, {})),
    };
  },
};

const reject = (): void => {
  const stored = JSON.parse(String(items.get("passerby:session")));
  items.set("passerby:session", JSON.stringify({ ...stored, accessToken: "not.a.token" }));
};
const count = (operation: string): number => network.sent.filter((each) => each === operation).length;

describe.each(Object.keys(clients))("%s", (name) => {
  let client: Asking;
  beforeEach(() => {
    client = (clients[name] as () => Asking)();
  });
  const me = async (number = 0): Promise<string> =>
    ((await client.query(`query Ask${number} { me { id } }`)) as Loose).me.id;

  it("has a guest with the first query", async () => {
    expect(await me()).toBe(passerby.session?.userId);
    expect(network.sent).toEqual(["LogInAnonymously", "Ask0"]);
  });

  it("refreshes once for ten queries whose token is rejected, and all ten succeed", async () => {
    const id = await me();
    reject();
    network.sent.length = 0;
    expect(await Promise.all(Array.from({ length: 10 }, (_, number) => me(number)))).toEqual(
      Array(10).fill(id),
    );
    expect([count("Refresh"), count("Ask1")]).toEqual([1, 2]);
  });

  it("repeats a query that is not answered, and no mutation", async () => {
    await me();
    network.fault = firstTimes(1, "Ask0", "OFFLINE");
    expect(await me()).toBe(passerby.session?.userId);
    network.fault = firstTimes(1, "Leave", "OFFLINE");
    await expect(client.mutate("mutation Leave { logout { sessionsEnded } }")).rejects.toThrow(
      "fetch failed",
    );
    expect(passerby.session).not.toBeNull();
  });

  it("waits for the gateway with a query of a visitor who starts offline", async () => {
    network.fault = firstTimes(2, "LogInAnonymously", "OFFLINE");
    const asked = me();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(passerby.state).toMatchObject({ isStarting: true, isOffline: true });
    expect(await asked).toBe(passerby.session?.userId);
    expect(passerby.state.isOffline).toBe(false);
  });

  it("does not send the query of a user whose session has ended as the guest who follows", async () => {
    const id = await me();
    await gateway.admin("mutation ($id: ID!) { revokeSessions(userId: $id) }", { variables: { id } });
    const error = await me().catch((error) => error);
    expect(error).toBeInstanceOf(PasserbyError);
    expect(error.code).toBe("SESSION_REVOKED");
    expect(await me()).not.toBe(id);
  });

  it("starts no guest for a query that says that it needs none", async () => {
    const query = "query SignInMethods { authProviders { name } }";
    const context = { guest: false };
    const { data } =
      name === "urql"
        ? await createUrql(passerby, network.fetch).query<Loose>(query, {}, context)
        : await createApollo(passerby, network.fetch).query<Loose>({ query: parse(query), context });
    expect(data.authProviders).toContainEqual(expect.objectContaining({ name: "anon-user" }));
    expect(network.sent).toEqual(["SignInMethods"]);
  });
});

it("fetch of the package sends the token to other servers, and a new one when it is rejected", async () => {
  await passerby.getAccessToken();
  reject();
  const response = await passerby.fetch(
    new Request(passerby.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "query Ask { me { id } }" }),
    }),
  );
  expect(await response.json()).toEqual({ data: { me: { id: passerby.session?.userId } } });
});
