/** Paths into a token, as App Services wrote them. */
import { expect, it } from "@jest/globals";
import {
  findMissingClaim,
  readClaim,
  readProfile,
} from "../../../src/providers/openid-connect/profile-claims.ts";
import { splitPath } from "../../../src/text/claim-path.ts";

const claims = JSON.parse(`{
  "sub": "24601",
  "user_data": { "name": "Jean Valjean", "aliases": ["Monsieur Madeleine", "Urbain Fabre"], "age": 0, "nothing": null },
  "valid.json.key": { "nested_key": "val" },
  "back\\\\slash": 1,
  "https://example.com/role": "admin",
  "both.ways": "literal", "both": { "ways": "nested" },
  "__proto__": { "polluted": true }
}`);

it.each([
  ["a", ["a"]],
  ["a.b.c", ["a", "b", "c"]],
  [String.raw`valid\.json\.key.nested_key`, ["valid.json.key", "nested_key"]],
  [String.raw`a\\.b`, ["a\\", "b"]],
  [String.raw`a\b`, [String.raw`a\b`]],
  ["a\\", ["a\\"]],
  [".a.", ["", "a", ""]],
])("%s has the segments %j", (path, segments) => expect(splitPath(path)).toEqual(segments));

it.each([
  ["sub", "24601"],
  ["user_data.name", "Jean Valjean"],
  ["user_data.aliases", ["Monsieur Madeleine", "Urbain Fabre"]],
  ["user_data.aliases.1", "Urbain Fabre"],
  ["user_data.age", 0],
  [String.raw`valid\.json\.key.nested_key`, "val"],
  [String.raw`https://example\.com/role`, "admin"],
  // Settings from before there were paths.
  ["https://example.com/role", "admin"],
  ["both.ways", "nested"],
  [String.raw`both\.ways`, "literal"],
  ["back\\slash", 1],
])("%s is found", (path, value) => expect(readClaim(claims, path)).toEqual(value));

it.each([
  "user_data.missing",
  "user_data.name.length",
  "user_data.aliases.length",
  "user_data.aliases.2",
  "user_data.aliases.-1",
  "user_data.nothing.more",
  "valid.json.key.nested_key",
  "constructor",
  "constructor.name",
  "toString",
  "user_data.constructor",
  "user_data.__proto__",
  "sub.0",
  ".",
  "",
])("%s is nowhere, whatever objects inherit", (path) => expect(readClaim(claims, path)).toBeUndefined());

it("leaves fields away that the token says nothing of, and pollutes nothing", () => {
  expect(readProfile(claims, { "user_data.name": "name", "user_data.missing": "gone" })).toEqual({
    name: "Jean Valjean",
  });
  expect(readProfile(claims, { "user_data.missing": "gone" })).toBeNull();
  expect(readProfile(claims, { "__proto__.polluted": "field" })).toEqual({ field: true });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

it("names the first required claim without a value", () => {
  expect(findMissingClaim(claims, ["sub", "user_data.age"])).toBeNull();
  expect(findMissingClaim(claims, ["sub", "user_data.nothing", "x"])).toBe("user_data.nothing");
});
