/** `/metrics` on a listener of its own, so that clients cannot reach it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { ListenAddress } from "../settings/endpoints.ts";

export interface MetricsListener {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws Error of `net` when listening fails */
export async function listenForMetrics(
  registry: Registry,
  { host, port }: ListenAddress,
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const [path] = (request.url ?? "").split("?");
    if (!isRead || path !== "/metrics") {
      response.writeHead(isRead ? 404 : 405, {
        "content-type": "text/plain",
        ...(!isRead && { allow: "GET" }),
      });
      response.end("Metrics are at /metrics.\n");
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, { host, port });
  const bound = server.address() as AddressInfo;
  const name = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${name}:${bound.port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server, address: ListenAddress): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject).listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
