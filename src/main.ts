/** Entry point of `node dist/main.js`: starts the gateway, as `passerby serve` does. */
import { requireNode } from "./start/node-version.ts";

requireNode();
await import("reflect-metadata");
const { readEnvironment } = await import("./settings/environment.ts");
const { serve } = await import("./start/serve.ts");

await serve(readEnvironment);
