import { expect, it } from "@jest/globals";
import { forbiddenWords } from "../../scripts/check-words.js";

it.each([
  ["a word", "The Vault is here.", "Vault"],
  ["a word across the end of a comment's line", " * Who has no way\n * in is locked out.", "way * in"],
  ["a word in an identifier of its own", "const vault = 1;", "vault"],
])("finds %s", (_name, text, word) => {
  expect(forbiddenWords(text)).toEqual([expect.objectContaining({ line: 1, word })]);
});

it.each([
  ["part of another word", "vaulted, my-vault"],
  ["the literal meaning", "the only way in which it can happen"],
])("leaves alone %s", (_name, text) => {
  expect(forbiddenWords(text)).toEqual([]);
});

it("leaves a word alone in a path that may use it", () => {
  const words = [{ word: "mail", say: "email", except: ["src/mail/"] }];
  expect(forbiddenWords("mail", "src/mail/outbox.ts", words)).toEqual([]);
  expect(forbiddenWords("mail", "src/app.ts", words)).toHaveLength(1);
});
