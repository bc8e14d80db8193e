/** How the console's files are served: deep links, caching, and what a browser may run of them. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

const dist = fileURLToPath(new URL("../../console/dist/", import.meta.url));
const INITIAL_BYTES = 300_000;

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

it.each(["", "/", "/overview", "/authentication/providers/anon-user?x=1", "/users/not-a-file.js"])(
  "serves its page at /console%s, for this host alone and under a policy without unsafe-inline",
  async (path) => {
    const answer = await fetch(`${gateway.url}/console${path}`);
    expect(answer.status).toBe(200);
    const page = await answer.text();
    const policy = String(answer.headers.get("content-security-policy"));
    const nonce = /'nonce-([\w+/=]{24})'/.exec(policy)?.[1];
    expect(page).toContain(`<meta name="style-nonce" content="${nonce}">`);
    expect(policy).not.toContain("unsafe");
    expect(policy.split(";")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ]),
    );
    // A script in the page itself would not run.
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=/);
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    const again = await fetch(`${gateway.url}/console${path}`);
    expect(again.headers.get("content-security-policy")).not.toBe(policy);
  },
);

it("lets browsers keep files whose names hold their hash, and knows no others", async () => {
  const [file] = readdirSync(`${dist}assets`);
  const answer = await fetch(`${gateway.url}/console/assets/${file}`);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect((await fetch(`${gateway.url}/console/assets/index-gone.js`)).status).toBe(404);
  expect((await fetch(`${gateway.url}/console/assets/..%2f..%2fpackage.json`)).status).toBe(404);
});

it("loads less than 300 kB of compressed scripts before the first page", () => {
  const page = readFileSync(`${dist}index.html`, "utf8");
  const scripts = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+\.js)"/g)].map(([, path]) =>
    String(path),
  );
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.map((path) => gzipSync(readFileSync(dist + path)).length);
  expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(INITIAL_BYTES);
});
