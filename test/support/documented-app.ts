/** Serves code of the documentation to a browser, with the package for front ends and the file `passerby.ts` of docs/front-end.md. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The first block of JavaScript of a page that imports something. */
export const readExample = (page: string): string =>
  /```js\n(import [\s\S]*?)```/.exec(read(page))?.[1] ?? "";

/** It has no types to strip. */
const PASSERBY = /```ts\n\/\/ src\/passerby.ts\n([\s\S]*?)```/.exec(read("docs/front-end.md"))?.[1] ?? "";
const IMPORTS = '<script type="importmap">{ "imports": { "@passerby/client": "/client/index.js" } }</script>';

export interface DocumentedApp {
  readonly url: string;
  close(): void;
}

type Files = Readonly<Record<string, { readonly type: "html" | "javascript"; readonly content: string }>>;

/**
 * @param app.hostname by which the browser reaches it
 * @param app.files by path
 * @param app.gatewayUrl asked when a request comes, for `/graphql`
 */
export async function startDocumentedApp(app: {
  hostname: "127.0.0.1" | "localhost";
  files: Files;
  gatewayUrl: () => string;
}): Promise<DocumentedApp> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(String(request.url), "http://localhost");
    const file = app.files[pathname];
    if (pathname === "/graphql") {
      const { authorization } = request.headers;
      const answer = await fetch(`${app.gatewayUrl()}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(authorization && { authorization }) },
        body: await text(request),
      });
      response.setHeader("content-type", "application/json").end(await answer.text());
    } else if (pathname.startsWith("/client/")) {
      response
        .setHeader("content-type", "text/javascript")
        .end(read(`packages/client/dist/${pathname.slice(8)}`));
    } else if (pathname === "/passerby.ts") {
      response.setHeader("content-type", "text/javascript").end(PASSERBY);
    } else if (file) {
      const imports = file.type === "html" ? IMPORTS : "";
      response.setHeader("content-type", `text/${file.type}`).end(imports + file.content);
    } else {
      response.writeHead(404).end();
    }
  }
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://${app.hostname}:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
