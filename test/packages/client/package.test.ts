/** The package as others install it: from its tarball, in an empty folder; its types, its size, its dependencies. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { build } from "vite";
import { type ClientProject, installClient, root } from "../../support/packed-client.ts";

const tsc = join(root, "node_modules/.bin/tsc");

const consumer = `
import { type Conflict, createPasserby, type LinkResult, type Passerby, PasserbyError, type Session } from "@passerby/client";
import { createPasserby as createNative } from "@passerby/client/native";
import { openSession, type ServerSession } from "@passerby/client/server";

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
const opened: ServerSession = await openSession(new Request("http://127.0.0.1:1"), { url: passerby.url });
const native: Passerby = createNative({ url: passerby.url, storage: { getItem: () => null, setItem() {}, removeItem() {} } });
if (opened.session ?? native.session) throw new Error("There is a session.");
process.exit();
`;

/** With the libraries that the adapters are for. */
const adapters = `
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { createPasserby } from "@passerby/client";
import { passerbyLink } from "@passerby/client/apollo";
import { PasserbyProvider, useLink, usePasserby, useSession } from "@passerby/client/react";
import { passerbyExchange } from "@passerby/client/urql";
import { Client, fetchExchange } from "@urql/core";
import { createElement } from "react";

const passerby = createPasserby({ url: "http://127.0.0.1:1/graphql" });
new ApolloClient({ link: passerbyLink(passerby).concat(new HttpLink({ uri: passerby.url })), cache: new InMemoryCache() });
new Client({ url: passerby.url, preferGetMethod: false, exchanges: [passerbyExchange(passerby), fetchExchange] });
export function Page() {
  const id: string | undefined = useSession().session?.userId;
  const { link, conflict } = useLink();
  return createElement("button", { onClick: () => conflict?.merge() ?? link({ jwt: { token: "t" } }) }, id, usePasserby().url);
}
createElement(PasserbyProvider, { client: passerby }, createElement(Page));
console.log("loaded");
`;

/** Each line after the first is a mistake that types show. */
const wrong = [
  'import { createPasserby } from "@passerby/client"',
  "createPasserby({})",
  'createPasserby({ url: "/graphql", session: "cookies" })',
  'createPasserby({ url: "/graphql" }).session.userId',
  'createPasserby({ url: "/graphql" }).login({ emailPassword: "ada" })',
];

const moduleKinds = [
  ["nodenext", ["--module", "nodenext"]],
  ["bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
] satisfies [string, string[]][];

let project: ClientProject;
let folder: string;
let installed: string[];

beforeAll(() => {
  project = installClient();
  ({ folder } = project);
  installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  project.link("react", "@types/react", "csstype", "@apollo/client", "@urql/core", "rxjs", "graphql");
  project.link("@graphql-typed-document-node/core");
});
afterAll(() => project.remove());

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

it.each(moduleKinds)("has types that hold under %s, and runs in Node", (_, options) => {
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

it.each(moduleKinds)("has adapters whose types hold under %s, and which load in Node", (_, options) => {
  writeFileSync(join(folder, "adapters.ts"), adapters);
  expect(compile("adapters.ts", [...options, "--skipLibCheck"]).stdout).toBe("");
  const { stdout, stderr } = spawnSync(process.execPath, ["out/adapters.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual(["loaded\n", ""]);
});

it("has no dependency, and holds its code, types, README and license alone", () => {
  const home = join(folder, "node_modules/@passerby/client");
  const {
    dependencies,
    scripts: _,
    ...manifest
  } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  expect([dependencies, manifest.sideEffects]).toEqual([undefined, false]);
  expect(installed).toEqual(["@passerby"]);
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
