/** Apollo Server on Fastify without rules and database: the cost of GraphQL itself. */
import { fileURLToPath } from "node:url";

export const startApollo = (/** @type {import("../harness/stage.js").Stage} */ stage) =>
  stage.startServer(fileURLToPath(new URL("apollo-server.js", import.meta.url)));
