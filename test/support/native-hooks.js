/** Node's module hooks for test files: compiles TypeScript, and keeps apart what each test file loads. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transform } from "@swc/core";

const root = new URL("../../", import.meta.url).href;
const globals = new URL("native-globals.js", import.meta.url).href;

/** What a module of this project is loaded anew for, from what its importer was. */
function generation(url, parentUrl) {
  const { searchParams } = new URL(parentUrl);
  if (url.startsWith(`${root}test/`)) return searchParams.has("file") ? `?${searchParams}` : "";
  if (!url.startsWith(`${root}src/`) || !searchParams.has("source")) return "";
  return `?source=${searchParams.get("source")}`;
}

export async function resolve(specifier, context, nextResolve) {
  if (specifier === "@jest/globals") return { url: globals, format: "module", shortCircuit: true };
  const resolved = await nextResolve(specifier, context);
  if (!context.parentURL?.startsWith(root) || resolved.url.includes("?")) return resolved;
  return { ...resolved, url: resolved.url + generation(resolved.url, context.parentURL) };
}

export async function load(url, context, nextLoad) {
  if (!url.startsWith(root) || !/\.ts(\?|$)/.test(url)) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(readFileSync(filename, "utf8"), { filename, sourceFileName: filename });
  return { format: "module", source: code, shortCircuit: true };
}
