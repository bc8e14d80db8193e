/** The path of PUBLIC_URL: below it clients see the gateway, whether the proxy in front takes it off or not. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

export interface Mount {
  /** Such as `/auth`; "" when the gateway has a host of its own. */
  readonly path: string;
  /** For Fastify: takes the path off where the proxy left it. */
  rewriteUrl?(request: IncomingMessage): string;
  /** To be told of every route before it is added. */
  watch(fastify: FastifyInstance): void;
}

export function createMount(publicUrl: string): Mount {
  const path = new URL(publicUrl).pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  if (path === "") return { path, watch: () => {} };
  const [, first] = path.split("/");
  // Below `/admin` the graph is `/admin/graphql`, which must not become `/graphql`: there only a proxy can take it off.
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
