/**
 * The `version` step of `npm version`: dates the topmost section of CHANGELOG.md, opens a new one, and gives every
 * workspace the same version. npm commits the result and tags it. See docs/decisions/0039-versions.md.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** @returns the changelog with its unreleased section dated, below an empty one; throws when nothing was written down */
export function release(changelog, version, date) {
  const section = /^## .*unreleased.*\n([\s\S]*?)(?=^## |$(?![\s\S]))/im.exec(changelog);
  if (!section) throw new Error("CHANGELOG.md has no section with the heading “Unreleased”.");
  if (!/^- /m.test(section[1])) throw new Error("CHANGELOG.md says nothing under “Unreleased”.");
  const dated = section[0].replace(/^## .*\n/, `## Unreleased\n\n## ${version} (${date})\n`);
  return changelog.replace(section[0], () => dated);
}

function main(version) {
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  writeFileSync("CHANGELOG.md", release(changelog, version, new Date().toISOString().slice(0, 10)));
  execFileSync("npm", ["pkg", "set", `version=${version}`, "--workspaces"], { stdio: "inherit" });
  execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], { stdio: "inherit" });
  execFileSync("git", ["add", "--update"], { stdio: "inherit" });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.env.npm_package_version);
