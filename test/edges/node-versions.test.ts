/** With the Node that README names, `npm ci` has nothing to warn of. */

import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { minVersion, satisfies } from "semver";

interface Package {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"));
const least = minVersion(read("package.json").engines.node)?.version ?? "";

it("installs no package that rejects the least Node that package.json names, or its latest patch", () => {
  const packages: Record<string, Package> = read("package-lock.json").packages;
  const rejecting = Object.entries(packages).flatMap(([path, { version, engines }]) =>
    [least, "20.20.2", "22.22.0", "24.15.0"]
      .filter((node) => engines?.node !== undefined && !satisfies(node, engines.node))
      .map((node) => `${path} ${version} rejects Node ${node}`),
  );
  expect(Object.keys(packages).length).toBeGreaterThan(1_000);
  expect(rejecting).toEqual([]);
});

it("names the same least Node in README as in package.json", () => {
  const [, named] = readFileSync(new URL("../../README.md", import.meta.url), "utf8").match(
    /Node (\d+\.\d+) or newer/,
  ) as RegExpMatchArray;
  expect(`${named}.0`).toBe(least);
});
