/** A load balancer as small as can be: asks `/readyz`, takes the next that is ready, pools connections, retries nothing. */
import { Agent, createServer, get, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

const PROBE_MS = 100;

export interface RoundRobin {
  readonly url: string;
  isReady(port: number): boolean;
  close(): Promise<void>;
}

export async function startRoundRobin(ports: readonly number[]): Promise<RoundRobin> {
  const agents = new Map(ports.map((port) => [port, new Agent({ keepAlive: true })]));
  const ready = new Set<number>();
  let turn = 0;
  const probe = setInterval(() => {
    for (const port of ports) {
      const is = (yes: boolean) => (yes ? ready.add(port) : ready.delete(port));
      get({ port, host: "127.0.0.1", path: "/readyz", agent: false }, (answer: IncomingMessage) => {
        answer.resume();
        is(answer.statusCode === 200);
      }).on("error", () => is(false));
    }
  }, PROBE_MS);
  const server = createServer((incoming, outgoing) => {
    const [port] = [...ready].slice(turn++ % Math.max(ready.size, 1));
    const fail = (reason: string) => {
      if (!outgoing.headersSent) outgoing.writeHead(502, { "content-type": "text/plain" });
      outgoing.end(reason);
    };
    if (port === undefined) return fail("none is ready");
    const { connection: _, ...headers } = incoming.headers;
    const passed = request(
      {
        port,
        host: "127.0.0.1",
        path: incoming.url,
        method: incoming.method,
        headers,
        agent: agents.get(port),
      },
      (answer) => {
        const { connection: _, "keep-alive": __, ...kept } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, kept);
        answer.pipe(outgoing);
        answer.once("error", (error) => outgoing.destroy(error));
      },
    );
    passed.once("error", (error: NodeJS.ErrnoException) =>
      fail(`${error.code} ${passed.reusedSocket ? "on a pooled connection" : ""}`),
    );
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isReady: (port) => ready.has(port),
    close: () => {
      clearInterval(probe);
      for (const agent of agents.values()) agent.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
