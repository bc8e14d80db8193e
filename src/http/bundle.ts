/** Static files of a front-end bundle, whose names contain a hash of their content. `npm run build` creates their compressed forms. */
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** @param folder a folder that `vite build` made, such as `console/dist` */
export async function serveAssets(fastify: FastifyInstance, folder: string, prefix: string): Promise<void> {
  await fastify.register(fastifyStatic, {
    root: join(folder, "assets"),
    prefix,
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: "365d",
  });
}
