/** `node dist/main.js`: serves. */
import { requireNode } from "./node-version.ts";

requireNode();
await import("reflect-metadata");
const { readEnvironment } = await import("./environment.ts");
const { serve } = await import("./serve.ts");

await serve(readEnvironment);
