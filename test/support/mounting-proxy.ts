/** A reverse proxy that shows a gateway below a path, and takes the path off or leaves it. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface MountingProxy {
  /** With the path. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startMountingProxy(
  target: () => string,
  { path, strips }: { path: string; strips: boolean },
): Promise<MountingProxy> {
  const server = createServer((incoming, outgoing) => {
    const { url = "/", method, headers } = incoming;
    if (url !== path && !url.startsWith(`${path}/`)) {
      outgoing.writeHead(404, { "content-type": "text/plain" }).end("This is another site.");
      return;
    }
    const kept = strips ? url.slice(path.length) || "/" : url;
    const passed = request(target() + kept, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.once("error", () => outgoing.destroy());
    // The answer to a client that went away would wait, with its connection, until it is read.
    outgoing.once("close", () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
