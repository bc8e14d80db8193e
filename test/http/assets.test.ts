/** What browsers load of the console and GraphiQL: small, once, and the same bytes in every form. */

import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway?.stop();
  await database?.drop();
});

/** As it comes over the wire: `fetch` would decompress it. */
const get = (path: string, encoding?: string, method = "GET") =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const headers = encoding === undefined ? {} : { "accept-encoding": encoding };
    request(`${gateway.url}${path}`, { method, headers }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) });
    })
      .on("error", reject)
      .end();
  });

describe.each(["console", "graphiql"])("the files of %s", (bundle) => {
  const folder = new URL(`../../${bundle}/dist/assets/`, import.meta.url);
  const names = readdirSync(folder).filter((name) => !/\.(br|gz)$/.test(name));

  it("are kept by browsers for a year, and are the same in every encoding", async () => {
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const plain = readFileSync(new URL(name, folder));
      const path = `/${bundle}/assets/${name}`;
      for (const encoding of ["gzip, deflate, br, zstd", "gzip", "identity", undefined]) {
        const { status, headers, body } = await get(path, encoding);
        expect({ status, cache: headers["cache-control"] }).toEqual({
          status: 200,
          cache: "public, max-age=31536000, immutable",
        });
        expect(headers["content-type"]).toMatch(/^(text\/css|(text|application)\/javascript|font\/ttf)/);
        const used = headers["content-encoding"];
        const decoded =
          used === "br" ? brotliDecompressSync(body) : used === "gzip" ? gunzipSync(body) : body;
        expect(decoded.equals(plain)).toBe(true);
        if (plain.length > 10_000 && encoding?.includes("gzip")) {
          expect(used).toBe(encoding.includes("br") ? "br" : "gzip");
          expect(body.length).toBeLessThan(plain.length * 0.6);
          expect(headers.vary).toMatch(/accept-encoding/i);
        }
        if (encoding === "identity" || encoding === undefined) expect(used).toBeUndefined();
      }
    }
  });

  it("are not there under a name that was never built, and its page is asked for anew each time", async () => {
    const missing = await get(`/${bundle}/assets/index-00000000.js`, "br");
    expect(missing.status).toBe(404);
    expect(missing.headers["cache-control"] ?? "").not.toContain("immutable");
    for (const method of ["GET", "HEAD"]) {
      const page = await get(`/${bundle}/`, "br", method);
      expect(page.status).toBe(200);
      expect(page.headers["cache-control"]).toBe("no-cache");
      expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    }
  });
});

it("makes GraphiQL's first visit 1.5 MB at most", async () => {
  const folder = new URL("../../graphiql/dist/assets/", import.meta.url);
  const sizes = readdirSync(folder)
    .filter((name) => name.endsWith(".br") && !/^(babel|estree|standalone)/.test(name))
    .map((name) => readFileSync(new URL(name, folder)).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
});

it("sends GraphiQL's readers to the console only where it is served", async () => {
  expect((await get("/graphiql/")).body.toString()).toContain('<meta name="console" content="../console/">');
  const other = await createDatabase("sqlite");
  const without = await startGateway({ url: other.url, settings: { CONSOLE: "off" } });
  expect(await (await fetch(`${without.url}/graphiql/`)).text()).not.toContain('name="console"');
  await without.stop();
  await other.drop();
});
