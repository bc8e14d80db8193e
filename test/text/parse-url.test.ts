import { expect, it } from "@jest/globals";
import { parseUrl } from "../../src/text/parse-url.ts";

it("reads an address with a letter of Latin-1, however often it is asked", () => {
  let wrong = 0;
  // URL.canParse answers rightly a few thousand times, until it is optimised.
  for (let times = 0; times < 50_000; times++) {
    if (parseUrl("https://b\u00fccher.example")?.hostname !== "xn--bcher-kva.example") wrong += 1;
  }
  expect(wrong).toBe(0);
});

it.each(["", "example.com", "https://", "http://[::1", "//a"])("takes %j for no address", (text) => {
  expect(parseUrl(text)).toBeNull();
});
