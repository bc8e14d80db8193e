/** What the examples have in common is copied from one to the next, as people do, and stays the same. */
import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it.each(["gateway.ts", "session.ts", "until-answered.ts", "ways-in.ts", "explain.ts", "styles.css"])(
  "%s is the same in all",
  (file) => {
    expect(read(`examples/urql/src/${file}`)).toBe(read(`examples/apollo-client/src/${file}`));
  },
);

it("docs/front-end.md shows the code of the examples", () => {
  const blocks = [...read("docs/front-end.md").matchAll(/<!-- (examples\S+) -->\n+```tsx?\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(1);
  for (const [, path = "", text = ""] of blocks) expect(read(path)).toContain(text);
});
