/** The path of PUBLIC_URL, under which clients reach the gateway, whether or not the proxy in front strips it. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

export interface Mount {
  /** Such as `/auth`; "" for none. */
  readonly path: string;
  /** For Fastify: strips the path if the proxy did not. */
  rewriteUrl?(request: IncomingMessage): string;
  /** To be called for every route before it is added. */
  watch(fastify: FastifyInstance): void;
}

export function createMount(publicUrl: string): Mount {
  const path = new URL(publicUrl).pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  if (path === "") return { path, watch: () => {} };
  const [, first] = path.split("/");
  // With the path `/admin` it would be ambiguous whether `/admin/graphql` contains it: it is not stripped, so a proxy has to.
  let isRoute = false;
  return {
    path,
    watch(fastify) {
      fastify.addHook("onRoute", ({ url }) => {
        if (url.split("/")[1] === first) isRoute = true;
      });
    },
    rewriteUrl({ url = "/" }) {
      if (isRoute || !url.startsWith(path)) return url;
      const rest = url.slice(path.length);
      if (rest.startsWith("/")) return rest;
      return rest === "" || rest.startsWith("?") ? `/${rest}` : url;
    },
  };
}
