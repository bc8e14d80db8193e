/** GraphiQL: the files that `npm run build:graphiql` made. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const files = fileURLToPath(new URL("../../graphiql/dist", import.meta.url));

export const isGraphiqlBuilt = (): boolean => existsSync(files);

/** @param mount the path below which clients see the gateway; "" for none */
export async function serveGraphiql(fastify: FastifyInstance, mount: string): Promise<void> {
  await fastify.register(fastifyStatic, { root: files, prefix: "/graphiql/" });
  const page = `${mount}/graphiql/`;
  for (const path of ["/graphiql", "/"]) fastify.get(path, (_request, reply) => reply.redirect(page));
}
