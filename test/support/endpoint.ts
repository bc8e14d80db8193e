/** A real HTTP endpoint on this machine, which remembers what it was asked. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

export interface Asked {
  readonly headers: IncomingMessage["headers"];
  readonly path: string;
  readonly body: string;
  /** The name that the client asked for in the TLS handshake. */
  readonly servername?: string | false | undefined;
}

type Reply = (asked: Asked, response: ServerResponse) => void;

export interface Endpoint {
  readonly port: number;
  readonly asked: Asked[];
  /** How many connections were opened, also those that asked nothing. */
  connections(): number;
  /** What it answers from now on. */
  reply(next: Reply): void;
  stop(): Promise<void>;
}

export async function startEndpoint(reply: Reply, tls?: { key: string; cert: string }): Promise<Endpoint> {
  let current = reply;
  let connections = 0;
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { servername } = request.socket as Socket & { servername?: string | false };
    const each = { headers: request.headers, path: String(request.url), body, servername };
    asked.push(each);
    current(each, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    connections: () => connections,
    reply: (next) => {
      current = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const answerJson =
  (value: unknown, status = 200): Reply =>
  (_asked, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

export const answerStatus =
  (status: number, headers: Record<string, string> = {}): Reply =>
  (_asked, response) =>
    void response.writeHead(status, headers).end();

/** Never answers. */
export const hang: Reply = () => {};
