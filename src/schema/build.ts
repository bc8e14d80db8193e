/** From decorated classes to an executable graph and its SDL. */
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { type GraphQLSchema, lexicographicSortSchema } from "graphql";
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type ResolversMap } from "type-graphql";
import { guardFields } from "./access.ts";

export interface Graph {
  readonly sdl: string;
  readonly resolvers: ResolversMap;
  /** As type-graphql made it, with each field's access in its extensions. */
  readonly schema: GraphQLSchema;
}

/** @param header SDL that comes before the types, such as the federation link */
export function buildGraph(resolvers: NonEmptyArray<new () => unknown>, header = ""): Graph {
  const schema = buildSchemaSync({ resolvers, validate: false });
  guardFields(schema);
  const sdl = `${header}${printSchemaWithDirectives(lexicographicSortSchema(schema))}\n`;
  return { sdl, resolvers: createResolversMap(schema), schema };
}
