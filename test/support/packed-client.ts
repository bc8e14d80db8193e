/** `@passerby/client` as others install it: its tarball, in an empty folder, with nothing of this folder in reach. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface ClientProject {
  readonly folder: string;
  write(name: string, text: string): void;
  /** Adds packages, which are linked to the ones installed here. */
  link(...packages: readonly string[]): void;
  remove(): void;
}

export function installClient(): ClientProject {
  const folder = mkdtempSync(join(tmpdir(), "passerby-client-"));
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const tarball = execFileSync("npm", pack, { cwd: join(root, "packages/client"), encoding: "utf8" }).trim();
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "type": "module" }');
  const install = ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`];
  execFileSync("npm", install, { cwd: folder, stdio: "pipe" });
  return {
    folder,
    write(name, text) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    },
    link(...packages) {
      for (const name of packages) {
        const path = join(folder, "node_modules", name);
        mkdirSync(dirname(path), { recursive: true });
        symlinkSync(join(root, "node_modules", name), path);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
