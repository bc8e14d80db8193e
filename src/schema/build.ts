/** Builds an executable schema and its SDL from decorated classes. */
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { type GraphQLSchema, lexicographicSortSchema } from "graphql";
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type ResolversMap } from "type-graphql";
import { guardFields } from "./access.ts";

export interface Graph {
  readonly sdl: string;
  readonly resolvers: ResolversMap;
  /** The schema of type-graphql, with each field's access in its extensions. */
  readonly schema: GraphQLSchema;
}

/** @param header SDL that comes before the types, such as the federation link */
export function buildGraph(resolvers: NonEmptyArray<new () => unknown>, header = ""): Graph {
  const schema = buildSchemaSync({ resolvers, validate: false });
  guardFields(schema);
  const sdl = `${header}${printSchemaWithDirectives(lexicographicSortSchema(schema))}\n`;
  return { sdl, resolvers: createResolversMap(schema), schema };
}
