/** The files of a bundle of ours whose names hold a hash of what is in them. `npm run build` makes their compressed forms. */
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
