/** Serves GraphiQL, which `npm run build:graphiql` builds. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import { serveAssets } from "./bundle.ts";

const files = fileURLToPath(new URL("../../graphiql/dist", import.meta.url));

export const isGraphiqlBuilt = (): boolean => existsSync(join(files, "index.html"));

/**
 * @param options.mount the path below which clients see the gateway; "" for none
 * @param options.hasConsole whether the page links to the console
 */
export async function serveGraphiql(
  fastify: FastifyInstance,
  { mount, hasConsole }: { mount: string; hasConsole: boolean },
): Promise<void> {
  const page = readFileSync(join(files, "index.html"), "utf8").replace(
    "<head>",
    hasConsole ? '<head><meta name="console" content="../console/">' : "<head>",
  );
  await serveAssets(fastify, files, "/graphiql/assets/");
  for (const path of ["/graphiql/", "/graphiql/index.html"]) {
    fastify.get(path, (_request, reply) =>
      reply.header("cache-control", "no-cache").type("text/html; charset=utf-8").send(page),
    );
  }
  for (const path of ["/graphiql", "/"]) {
    fastify.get(path, (_request, reply) => reply.redirect(`${mount}/graphiql/`));
  }
}
