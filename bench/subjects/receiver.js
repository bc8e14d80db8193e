import { fileURLToPath } from "node:url";

/** An endpoint of webhooks. */
export async function startReceiver(/** @type {import("../harness/stage.js").Stage} */ stage) {
  const server = await stage.startServer(fileURLToPath(new URL("receiver-server.js", import.meta.url)));
  const url = `http://127.0.0.1:${server.port}/`;
  return {
    url,
    /** How many events it received, and since it was started. */
    received: async () => Number(await (await fetch(url)).text()),
  };
}
