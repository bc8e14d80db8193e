/** The floor: what the same work costs with nothing around it. */
import { fileURLToPath } from "node:url";
import { createDatabase } from "./gateway.js";

export const floorPaths = { login: "/login", me: "/me", refresh: "/refresh" };

export const startFloor = async (/** @type {import("../harness/stage.js").Stage} */ stage) =>
  stage.startServer(fileURLToPath(new URL("floor-server.js", import.meta.url)), {
    DATABASE_FILE: await createDatabase(stage),
  });
