/** Apollo Server on Fastify with nothing behind it: what the graph itself costs. */
import { fileURLToPath } from "node:url";

export const startApollo = (/** @type {import("../harness/stage.js").Stage} */ stage) =>
  stage.startServer(fileURLToPath(new URL("apollo-server.js", import.meta.url)));
