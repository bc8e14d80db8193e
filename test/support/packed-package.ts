/** The package as others install it: packed, unpacked in a project elsewhere, with nothing of this folder in reach. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Project {
  readonly folder: string;
  write(name: string, text: string): void;
  remove(): void;
}

/** @param dependencies what else the project has; they are linked to the ones installed here */
export function installPackage(dependencies: readonly string[]): Project {
  const folder = mkdtempSync(join(tmpdir(), "passerby-consumer-"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "consumer", type: "module" }));
  const packed = execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
  }).trim();
  const home = join(folder, "node_modules/passerby");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, packed), "-C", home, "--strip-components=1"]);
  for (const name of dependencies) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
