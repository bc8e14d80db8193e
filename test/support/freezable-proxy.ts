/** A TCP proxy that can stop forwarding, as a network does: connections stay open, new ones are accepted, nothing arrives. */
import { connect, createServer, type Socket } from "node:net";

export interface FreezableProxy {
  readonly port: number;
  freeze(): void;
  /** Takes new connections; those from before are reset, and what waited in them never arrives. */
  thaw(): void;
  /** How many clients are connected. */
  connections(): number;
  close(): Promise<void>;
}

export async function startFreezableProxy(target: { host: string; port: number }): Promise<FreezableProxy> {
  let isFrozen = false;
  const clients = new Map<Socket, Socket | null>();
  const join = (client: Socket): void => {
    const upstream = connect(target);
    clients.set(client, upstream);
    const end = (): void => {
      clients.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    // Not `pipe`, which would resume what was paused.
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => client.write(bytes));
  };
  const server = createServer((client) => {
    client.on("error", () => {});
    if (!isFrozen) return join(client);
    clients.set(client, null);
    client.on("close", () => clients.delete(client));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    freeze() {
      isFrozen = true;
      for (const [client, upstream] of clients) {
        client.pause();
        upstream?.pause();
        // A paused socket does not see that its other end was closed.
        upstream?.removeAllListeners("data");
        client.removeAllListeners("data");
      }
    },
    thaw() {
      isFrozen = false;
      for (const [client, upstream] of clients) {
        if (upstream) upstream.destroy();
        client.destroy();
      }
      clients.clear();
    },
    connections: () => clients.size,
    async close() {
      for (const [client, upstream] of clients) {
        upstream?.destroy();
        client.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
