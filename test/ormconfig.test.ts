/** The TypeORM command line, as CONTRIBUTING.md says it is called. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { migrations } from "../src/database/migrations/index.ts";

it("shows and runs the migrations", () => {
  const folder = mkdtempSync(join(tmpdir(), "passerby-typeorm-"));
  const typeorm = (command: string): string => {
    const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "typeorm", "--", command], {
      env: {
        PATH: String(process.env.PATH),
        HOME: String(process.env.HOME),
        DATABASE_URL: `sqlite:${join(folder, "passerby.sqlite")}`,
      },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const names = migrations.map((migration) => migration.name);
  const shown = (mark: RegExp): (string | undefined)[] =>
    [...typeorm("migration:show").matchAll(mark)].map((match) => match[1]);

  expect(shown(/^\[ \] (\w+)$/gm)).toEqual(names);
  typeorm("migration:run");
  expect(shown(/^\[X\] \d+ (\w+)$/gm)).toEqual(names);
  rmSync(folder, { recursive: true, force: true });
});
