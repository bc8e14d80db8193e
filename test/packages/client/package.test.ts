/** The package as others install it: from its tarball, in an empty folder; its types, its size, its dependencies. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { build } from "vite";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const tsc = join(root, "node_modules/.bin/tsc");

const consumer = `
import { type Conflict, createPasserby, type LinkResult, type Passerby, PasserbyError, type Session } from "@passerby/client";

const items = new Map<string, string>();
const passerby: Passerby = createPasserby({
  url: "http://127.0.0.1:1/graphql",
  storage: {
    getItem: async (key) => items.get(key) ?? null,
    setItem: async (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  },
  lock: (_name, act) => act(),
  fetch: globalThis.fetch,
});
const end: () => void = passerby.subscribe(() => {});
end();
let code = "";
try {
  const token: string | null = await passerby.getAccessToken();
  code = String(token);
} catch (error) {
  if (error instanceof PasserbyError && error.code === "NO_RESPONSE") code = error.code;
}
export async function link(): Promise<Session> {
  const result: LinkResult = await passerby.link({ emailPassword: { email: "", password: "" } });
  if (result.linked) return result.linked;
  const conflict: Conflict = result.conflict;
  return conflict.merge();
}
console.log(code, passerby.session);
process.exit();
`;

/** Each line after the first is a mistake that types show. */
const wrong = [
  'import { createPasserby } from "@passerby/client"',
  "createPasserby({})",
  'createPasserby({ url: "/graphql", session: "cookies" })',
  'createPasserby({ url: "/graphql" }).session.userId',
  'createPasserby({ url: "/graphql" }).login({ emailPassword: "ada" })',
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "passerby-client-"));
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const tarball = execFileSync("npm", pack, { cwd: join(root, "packages/client"), encoding: "utf8" }).trim();
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "type": "module" }');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], {
    cwd: folder,
    stdio: "pipe",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compile = (file: string, options: readonly string[]) =>
  spawnSync(
    tsc,
    [
      "--strict",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom",
      "--types",
      "node",
      "--typeRoots",
      join(root, "node_modules/@types"),
      "--outDir",
      "out",
      ...options,
      file,
    ],
    { cwd: folder, encoding: "utf8" },
  );

it.each([
  ["nodenext", ["--module", "nodenext"]],
  ["bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
])("has types that hold under %s, and runs in Node", (_, options) => {
  writeFileSync(join(folder, "consumer.ts"), consumer);
  expect(compile("consumer.ts", options).stdout).toBe("");
  const { stdout, stderr } = spawnSync(process.execPath, ["out/consumer.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual(["NO_RESPONSE null\n", ""]);
  writeFileSync(join(folder, "wrong.ts"), `${wrong.join(";\n")};\n`);
  const { stdout: problems } = compile("wrong.ts", options);
  for (const [index] of wrong.slice(1).entries()) {
    expect(problems).toMatch(new RegExp(`^wrong\\.ts\\(${index + 2},\\d+\\): error TS`, "m"));
  }
  expect(problems).not.toMatch(/^wrong\.ts\(1,/m);
});

it("has no dependency, and holds its code, types, README and license alone", () => {
  const home = join(folder, "node_modules/@passerby/client");
  const {
    dependencies,
    scripts: _,
    ...manifest
  } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  expect([dependencies, manifest.sideEffects]).toEqual([undefined, false]);
  expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
    "@passerby",
  ]);
  expect(readdirSync(home).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
  for (const name of readdirSync(join(home, "dist"))) expect(name).toMatch(/\.(js|d\.ts)$/);
});

/** @returns the gzipped bytes of a bundle for browsers */
async function bundledSize(program: string): Promise<number> {
  const entry = join(folder, "entry.js");
  writeFileSync(entry, program);
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: true, rollupOptions: { input: entry, preserveEntrySignatures: "strict" } },
  });
  const [{ output } = { output: [] }] = [result].flat() as { output: { code?: string }[] }[];
  return gzipSync(output.map(({ code = "" }) => code).join("")).length;
}

it("has less than 8 kB for browsers, with everything", async () => {
  const size = await bundledSize('export * from "@passerby/client";');
  expect(size).toBeGreaterThan(1_000);
  expect(size).toBeLessThan(8_000);
});

it("leaves out of a bundle what a page does not use", async () => {
  const all = await bundledSize('export * from "@passerby/client";');
  expect(await bundledSize('export { createPasserby } from "@passerby/client";')).toBeLessThan(all);
  expect(await bundledSize('import "@passerby/client"; export const page = 1;')).toBeLessThan(100);
});
