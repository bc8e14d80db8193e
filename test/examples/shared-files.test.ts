/** The files that the examples share are copies and must stay identical. */
import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it.each(["passerby.ts", "account.ts", "passkeys.ts", "email-codes.ts", "explain.ts", "styles.css"])(
  "%s is identical in all examples",
  (file) => {
    expect(read(`examples/urql/src/${file}`)).toBe(read(`examples/apollo-client/src/${file}`));
  },
);
