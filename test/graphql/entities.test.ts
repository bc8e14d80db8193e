/** What routers ask: users by the ids that subgraphs have, in few reads, and nothing that is not theirs to see. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ADMIN_KEY,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  type Login,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";

/** Statements about users that reach the database while something runs. */
async function countReads(gateway: Gateway, run: () => Promise<unknown>): Promise<number> {
  const { connection } = gateway.app.database.reads;
  const { logger } = connection;
  let reads = 0;
  const logQuery = (sql: string): void => {
    if (/users|former_user_ids/.test(sql)) reads += 1;
  };
  Object.assign(connection, { logger: Object.assign(Object.create(logger), { logQuery }) });
  await run();
  Object.assign(connection, { logger });
  return reads;
}

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let guests: Login[];
  let owner: Login;
  /** Ids that guests had before they became `owner`. */
  let formerIds: string[];

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    guests = await Promise.all(Array.from({ length: 500 }, () => loginAnonymously(gateway)));
    owner = await loginAnonymously(gateway);
    await linkEmail(gateway, owner.accessToken, "owner@example.com");
    formerIds = [];
    for (let i = 0; i < 3; i += 1) {
      const guest = await loginAnonymously(gateway);
      const { data } = await linkEmail(gateway, guest.accessToken, "owner@example.com");
      await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
      formerIds.push(guest.id);
    }
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const references = (ids: readonly string[]) => ids.map((id) => ({ __typename: "User", id }));
  const ask = (fields: string, ids: readonly string[], token?: string) =>
    gateway.graph(`query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${fields} } } }`, {
      token,
      variables: { r: references(ids) },
    });

  it("reads a thousand users at once, former ids and unknown ones among them, in two statements", async () => {
    const known = guests.map(({ id }) => id);
    const unknown = Array.from({ length: 1_000 - known.length - 3 }, (_, i) => `unknown-${i}`);
    let answer: Awaited<ReturnType<typeof ask>> | undefined;
    const all = [...unknown.slice(0, 100), ...known, ...formerIds, ...unknown.slice(100)];
    const reads = await countReads(gateway, async () => {
      answer = await ask("id isAnonymous createdAt expiresAt disabled", all);
    });
    expect(reads).toBe(2);
    expect(answer?.errors).toBeUndefined();
    expect(answer?.data._entities.map((user: { id: string } | null) => user?.id ?? null)).toEqual(
      all.map((id) => (id.startsWith("unknown") ? null : id)),
    );
    expect(await countReads(gateway, () => ask("isAnonymous", [...known, ...known]))).toBe(1);
    expect(await countReads(gateway, () => ask("ids formerIds", known))).toBe(2);
  });

  it("reads the users of forty lists in one document at once, as Hive Gateway asks for them", async () => {
    const lists = Array.from({ length: 40 }, (_, i) => ({
      place: `r${i}`,
      ids: guests.slice(i * 10, i * 10 + 10),
    }));
    const query = `query (${lists.map(({ place }) => `$${place}: [_Any!]!`).join(" ")}) { ${lists
      .map(({ place }) => `${place}: _entities(representations: $${place}) { ... on User { isAnonymous } }`)
      .join(" ")} }`;
    const variables = Object.fromEntries(
      lists.map(({ place, ids }) => [place, references(ids.map(({ id }) => id))]),
    );
    let answer: Awaited<ReturnType<typeof ask>> | undefined;
    const reads = await countReads(gateway, async () => {
      answer = await gateway.graph(query, { variables });
    });
    expect([reads, answer?.errors, Object.keys(answer?.data).length]).toEqual([1, undefined, 40]);
  });

  it("counts the users of a whole document, however many aliases they come under", async () => {
    const query = (fields: string) =>
      `query ($r: [_Any!]!) { ${Array.from({ length: 200 }, (_, i) => `a${i}: _entities(representations: $r) { ... on User { ${fields} } }`).join(" ")} }`;
    const variables = { r: references(Array(1_000).fill(owner.id)) };
    const answer = await gateway.graph(query("profile"), { variables });
    expect(answer.errors?.map((each) => each.message)).toContainEqual(
      expect.stringMatching(/There are 2000 .* At most 1000/),
    );
    expect(answer.errors?.length).toBeLessThanOrEqual(1_001);
    const few = { r: references(Array(5).fill(owner.id)) };
    expect((await gateway.graph(query("id"), { variables: few })).errors).toBeUndefined();
  });

  it("answers a former id with the survivor under the key that was asked for", async () => {
    const { data } = await ask("id ids isAnonymous formerIds", [...formerIds, owner.id]);
    const survivor = { ids: [owner.id, ...formerIds], isAnonymous: false, formerIds };
    expect(data._entities).toEqual([...formerIds, owner.id].map((id) => ({ id, ...survivor })));
  });

  it("gives what belongs to a user to that user by any of its ids, to operators, and to no other user", async () => {
    const ids = [...formerIds, owner.id];
    const own = await ask("sessions { id } identities { provider } lastLoginAt", ids, owner.accessToken);
    expect(own.errors).toBeUndefined();
    for (const user of own.data._entities) expect(user).toEqual(own.data._entities[0]);
    expect(own.data._entities[0].identities).toHaveLength(5);
    expect((await ask("identities { provider }", ids, ADMIN_KEY)).errors).toBeUndefined();
    for (const [token, code] of [
      [undefined, "UNAUTHENTICATED"],
      [guests[0]?.accessToken, "FORBIDDEN"],
    ] as const) {
      const others = await ask("id identities { provider }", ids, token);
      expect([codeOf(others), others.data._entities]).toEqual([code, ids.map(() => null)]);
      expect((await ask("id lastLoginAt", [owner.id], token)).data._entities).toEqual([
        { id: owner.id, lastLoginAt: null },
      ]);
    }
  });

  it("has null in the place of users who are gone, also by ids that they had before", async () => {
    const gone = await loginAnonymously(gateway);
    await linkEmail(gateway, gone.accessToken, "gone@example.com");
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, "gone@example.com");
    await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
    await gateway.graph("mutation { deleteMe { deletedUserId } }", { token: gone.accessToken });
    const answer = await ask("id isAnonymous", [gone.id, owner.id, guest.id]);
    expect(answer.errors).toBeUndefined();
    expect(answer.data._entities).toEqual([null, { id: owner.id, isAnonymous: false }, null]);
  });

  it.each([
    ["another type", [{ __typename: "Session", id: "x" }], /Representation 0 is not of the form/],
    ["no type", [{ id: "x" }], /Representation 0/],
    ["no id", [{ __typename: "User", id: "x" }, { __typename: "User" }], /Representation 1/],
    ["a number for an id", [{ __typename: "User", id: 7 }], /Representation 0/],
    ["a list for a user", [[]], /Representation 0/],
    ["text for a user", ["User"], /Representation 0/],
    ["1,001 users", references(Array(1_001).fill("x")), /There are 1001 .* At most 1000/],
  ])("rejects %s, and reads nothing", async (_, representations, message) => {
    let answer: Awaited<ReturnType<typeof ask>> | undefined;
    const reads = await countReads(gateway, async () => {
      answer = await gateway.graph("query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }", {
        variables: { r: representations },
      });
    });
    expect([reads, answer && codeOf(answer), answer?.errors?.[0]?.message]).toEqual([
      0,
      "BAD_USER_INPUT",
      expect.stringMatching(message),
    ]);
  });
});
