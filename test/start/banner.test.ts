/** What the gateway says about itself when it is ready. */
import { expect, it } from "@jest/globals";
import { baseUrl, describeDatabase } from "../../src/start/banner.ts";

it.each([
  [{ host: "127.0.0.1" }, "http://127.0.0.1:4810"],
  [{ host: "::1" }, "http://[::1]:4810"],
  [{ host: "0.0.0.0" }, "http://127.0.0.1:4810"],
  [{ host: "::" }, "http://127.0.0.1:4810"],
  [{ host: "0.0.0.0", publicUrl: "https://id.example.com" }, "https://id.example.com"],
])("%j is reached at %s", (settings, url) =>
  expect(baseUrl({ port: 4810, publicUrl: "http://localhost:4810", ...settings }, 4810)).toBe(url),
);

it.each([
  ["sqlite::memory:", "temporary, deleted at exit"],
  ["postgres://ada:secret@db:5432/passerby?password=secret", "postgres://ada@db:5432/passerby"],
])("%s is named without its password", (url, name) => expect(describeDatabase(url)).toBe(name));
