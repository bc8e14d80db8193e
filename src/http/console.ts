/** Serves the console's files, with their security headers. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply } from "fastify";
import { serveAssets } from "./bundle.ts";

const files = fileURLToPath(new URL("../../console/dist", import.meta.url));
/** The page reads the nonce for its generated styles here. */
const noncePlace = (nonce: string): string => `<head><meta name="style-nonce" content="${nonce}">`;

/** Only files and requests of this origin; generated styles need the nonce. */
const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join(";");

export const isConsoleBuilt = (): boolean => existsSync(join(files, "index.html"));

/**
 * Serves the console below `/console`; the path of any of its pages returns its one HTML file (single-page application).
 * @param mount the path below which clients see the gateway; "" for none
 */
export async function serveConsole(fastify: FastifyInstance, mount: string): Promise<void> {
  const path = mount.replaceAll("&", "&amp;");
  const page = readFileSync(join(files, "index.html"), "utf8")
    .replaceAll('="/console/', () => `="${path}/console/`)
    .replace("<head>", () => `<head><meta name="mount" content="${path}">`);
  const sendPage = (reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString("base64");
    return reply
      .header("content-security-policy", contentSecurityPolicy(nonce))
      .header("cross-origin-resource-policy", "same-origin")
      .header("x-frame-options", "DENY")
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(page.replace("<head>", noncePlace(nonce)));
  };
  await serveAssets(fastify, files, "/console/assets/");
  fastify.get("/console", (_request, reply) => sendPage(reply));
  fastify.get("/console/*", (_request, reply) => sendPage(reply));
}
