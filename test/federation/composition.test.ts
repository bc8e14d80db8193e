/** The public graph as a subgraph: it composes with others, and the admin graph is no part of it. */
import { composeServices } from "@apollo/composition";
import { afterEach, expect, it } from "@jest/globals";
import { buildSchema, isObjectType, parse } from "graphql";
import { buildAdminGraph } from "../../src/admin/graph.ts";
import { buildGatewayGraph } from "../../src/graphql/graph.ts";
import { ADMIN_KEY, codeOf, createDatabase, startGateway } from "../support/gateway.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const others = {
  "federation 2.9, with pages and scalars of its own": `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@tag", "@external", "@requires"])
    scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/andimarek/date-time") @tag(name: "shared")
    scalar JSONObject
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type User @key(fields: "id") { id: ID! ids: [ID!]! @external orders: OrderConnection! @requires(fields: "ids") }
    type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
    type Order { id: ID! at: DateTime! details: JSONObject buyer: User }
    type Query { order(id: ID!): Order }`,
  "federation 2.0, a reference only": `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
    type User @key(fields: "id", resolvable: false) { id: ID! }
    type Message { text: String! from: User }
    type Query { messages: [Message!]! }`,
  "federation 1": `
    extend type User @key(fields: "id") { id: ID! @external reviews: [Review!]! }
    type Review { text: String! at: DateTime! }
    scalar DateTime
    type Query { reviews: [Review!]! }`,
  "one-of input of its own": `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    directive @oneOf on INPUT_OBJECT
    input Find @oneOf { byId: ID byName: String }
    type Query { find(by: Find!): String }`,
};

const compose = (subgraphs: Record<string, string>, ours = buildGatewayGraph().sdl) =>
  composeServices(
    Object.entries({ passerby: ours, ...subgraphs }).map(([name, sdl]) => ({
      name: name.replace(/\W+/g, "_"),
      url: `http://localhost/${name}`,
      typeDefs: parse(sdl),
    })),
  );

it.each(Object.entries(others))("composes with a subgraph of %s", (name, sdl) => {
  const { errors, hints } = compose({ [name]: sdl });
  expect([errors, hints?.map((hint) => hint.toString())]).toEqual([undefined, []]);
});

it("composes with all of them at once", () => {
  const { errors, supergraphSdl } = compose(others);
  expect(errors).toBeUndefined();
  expect(supergraphSdl).toContain("orders: OrderConnection!");
});

it("has nothing of the admin graph", () => {
  const [publicSchema, adminSchema] = [buildGatewayGraph().schema, buildAdminGraph().schema];
  const fieldsOf = (schema: typeof publicSchema, type: string) => {
    const found = schema.getType(type);
    return isObjectType(found) ? Object.keys(found.getFields()) : [];
  };
  for (const root of ["Query", "Mutation"]) {
    const both = fieldsOf(publicSchema, root).filter((name) => fieldsOf(adminSchema, root).includes(name));
    // These are in both: what is your own for a user, anyone's for an operator.
    expect(both.toSorted()).toEqual(root === "Query" ? ["user", "users"] : ["endSession", "unlinkIdentity"]);
  }
  const { supergraphSdl = "" } = compose(others);
  for (const name of ["Deployment", "Draft", "Provider", "SigningKey", "AdminKey", "ExpiryReport"]) {
    expect(adminSchema.getType(name)).toBeDefined();
    expect(buildSchema(supergraphSdl, { assumeValidSDL: true }).getType(name)).toBeUndefined();
  }
  expect(supergraphSdl).not.toMatch(/signingKey|privateKey|passwordHash|masterKey|adminKey/i);
});

it("tells its SDL to everybody, and with INTROSPECTION=off to operators alone", async () => {
  const database = await createDatabase("sqlite");
  cleanups.push(database.drop);
  const ask = "{ _service { sdl } }";
  const open = await startGateway({ url: database.url });
  cleanups.unshift(open.stop);
  const { sdl } = (await open.graph(ask)).data._service;
  expect(compose(others, sdl).supergraphSdl).toBe(compose(others).supergraphSdl);

  const closed = await startGateway({ url: database.url, settings: { INTROSPECTION: "off" } });
  cleanups.unshift(closed.stop);
  const rejected = await closed.graph(ask);
  expect([codeOf(rejected), rejected.data]).toEqual(["FORBIDDEN", null]);
  expect((await closed.graph(ask, { token: ADMIN_KEY })).data._service.sdl).toBe(sdl);
  const entities = "{ _entities(representations: []) { __typename } }";
  expect((await closed.graph(entities)).data).toEqual({ _entities: [] });
});
