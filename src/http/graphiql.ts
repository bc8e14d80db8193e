/** GraphiQL: the files that `npm run build:graphiql` made. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const files = fileURLToPath(new URL("../../graphiql/dist", import.meta.url));

export const isGraphiqlBuilt = (): boolean => existsSync(files);

export async function serveGraphiql(fastify: FastifyInstance): Promise<void> {
  await fastify.register(fastifyStatic, { root: files, prefix: "/graphiql/", redirect: true });
  fastify.get("/graphiql", (_request, reply) => reply.redirect("/graphiql/"));
  fastify.get("/", (_request, reply) => reply.redirect("/graphiql/"));
}
