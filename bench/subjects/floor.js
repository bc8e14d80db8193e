/** The minimal server: the cost of the same work without framework and GraphQL. */
import { fileURLToPath } from "node:url";
import { createDatabase } from "./gateway.js";

export const floorPaths = { login: "/login", me: "/me", refresh: "/refresh" };

export const startFloor = async (/** @type {import("../harness/stage.js").Stage} */ stage) =>
  stage.startServer(fileURLToPath(new URL("floor-server.js", import.meta.url)), {
    DATABASE_FILE: await createDatabase(stage),
  });
