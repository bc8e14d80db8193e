/** Every field says who may ask for it. */
import "reflect-metadata";
import { expect, it } from "@jest/globals";
import { isObjectType } from "graphql";
import { buildAdminGraph } from "../../src/admin/graph.ts";
import { buildGatewayGraph } from "../../src/graphql/graph.ts";

it.each([
  ["gateway", buildGatewayGraph()],
  ["admin", buildAdminGraph()],
])("states the access of every root field of the %s graph", (name, { schema }) => {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      expect([field.name, field.extensions.access]).toEqual([
        field.name,
        expect.stringMatching(/^(public|user|recent|owner|server|admin)$/),
      ]);
      if (name !== "admin") continue;
      const level = field.name === "events" ? "server" : "admin";
      expect([field.name, field.extensions.access]).toEqual([field.name, level]);
    }
  }
});

it("guards what belongs to the user", () => {
  const type = buildGatewayGraph().schema.getType("User");
  if (!isObjectType(type)) throw new Error("User is not an object type");
  const { identities, sessions, apiKeys } = type.getFields();
  for (const field of [identities, sessions, apiKeys]) expect(field?.extensions.access).toBe("owner");
});
