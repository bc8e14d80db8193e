/** The pages name what exists: links, files, and the functions that ARCHITECTURE.md finds in them. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "packages/client/README.md",
].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
);

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );

it.each(pages)("%s has no broken link", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => String(link));
  const broken = links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

describe("ARCHITECTURE.md", () => {
  const text = read("ARCHITECTURE.md");

  it("names files that exist", () => {
    const paths = [
      ...text.matchAll(/`((?:src|test|console|graphiql|packages|examples|mails|docs)\/[\w./-]*)`/g),
    ];
    expect(paths.length).toBeGreaterThan(50);
    const missing = paths.map(([, path]) => String(path)).filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it("names functions that are in those files", () => {
    const places = [...text.matchAll(/`(\w+)` (?:in|\() ?`((?:src|console|packages)\/[\w./-]+\.tsx?)`/g)];
    expect(places.length).toBeGreaterThan(5);
    const missing = places.filter(
      ([, name = "", path = ""]) => !new RegExp(`\\b${name}\\b`).test(read(path)),
    );
    expect(missing.map(([place]) => place)).toEqual([]);
  });

  it("has a row for each folder of src/ and each room of src/identity/", () => {
    const folders = ["src", "src/identity"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .map((name) => `${folder}/${name}`)
        .filter((path) => statSync(join(root, path)).isDirectory()),
    );
    const rows = text.split("\n").filter((line) => line.startsWith("| `"));
    expect(folders.filter((folder) => !rows.some((row) => row.includes(`\`${folder}/\``)))).toEqual([]);
  });
});

it("docs/adding-a-provider.md asks for each field of the contract", () => {
  const [, contract = ""] =
    /export interface Provider<.*\{\n([\s\S]*?)\n\}/.exec(read("src/identity/provider.ts")) ?? [];
  const fields = [...contract.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, field]) => field);
  const table = read("docs/adding-a-provider.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const asked = table.flatMap((row) =>
    [...String(row.split("|")[1]).matchAll(/`(\w+)`/g)].map(([, field]) => field),
  );
  expect(fields.length).toBeGreaterThan(10);
  expect(asked.toSorted()).toEqual(fields.toSorted());
});
