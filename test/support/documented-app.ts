/** Serves code of the documentation to a browser, with the files of an example that it imports. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { transformSync } from "@swc/core";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The first block of JavaScript of a page that imports from the example. */
export const readExample = (page: string): string =>
  /```js\n(import \{ request \}[\s\S]*?)```/.exec(read(page))?.[1] ?? "";

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
    } else if (pathname.endsWith(".ts")) {
      const source = read(`examples/urql/src${pathname}`);
      const { code } = transformSync(source, { jsc: { parser: { syntax: "typescript" }, target: "es2022" } });
      response.setHeader("content-type", "text/javascript").end(code);
    } else if (file) {
      response.setHeader("content-type", `text/${file.type}`).end(file.content);
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
