/** Problems with settings, as an operator reads them. */
import { expect, it } from "@jest/globals";
import { z } from "zod";
import { decryptSettings } from "../../../src/deployments/configuration.ts";
import { ProviderSettingsError } from "../../../src/deployments/drafts/setting-problems.ts";
import { createEncryption } from "../../../src/encryption.ts";
import type { Provider } from "../../../src/identity/provider.ts";
import { MASTER_KEY } from "../../support/keys.ts";

const settings = z.strictObject({
  issuer: z.string().min(1),
  secret: z.string().min(32).max(64).optional(),
  kind: z.enum(["one", "two"]).default("one"),
  urls: z.array(z.url()).min(1).default(["https://example.com"]),
  seconds: z.number().int().min(0).max(600).default(60),
  even: z
    .number()
    .refine((value) => value % 2 === 0, { message: "It is even." })
    .default(2),
});
const provider = { name: "club", settings } as unknown as Provider;

function rejectionOf(given: Record<string, unknown>, of = provider): ProviderSettingsError {
  try {
    decryptSettings(of, given, createEncryption(MASTER_KEY));
  } catch (error) {
    if (error instanceof ProviderSettingsError) return error;
    throw error;
  }
  throw new Error("They are valid.");
}
const clausesOf = (given: Record<string, unknown>): string[] =>
  rejectionOf(given).problems.map(({ message }) => message);

it.each([
  [{}, "issuer: Required"],
  [{ issuer: 1 }, "issuer: Invalid input: expected string, received number"],
  [{ issuer: "" }, "issuer: Must not be empty"],
  [{ issuer: "me", secret: "short" }, "secret: Must have at least 32 characters"],
  [{ issuer: "me", kind: "three" }, 'kind: Invalid option: expected one of "one"|"two"'],
  [{ issuer: "me", urls: [] }, "urls: Must not be empty"],
  [{ issuer: "me", urls: ["nowhere"] }, "urls.0: Invalid URL"],
  [{ issuer: "me", seconds: 601 }, "seconds: Must be at most 600"],
  [{ issuer: "me", even: 3 }, "even: It is even"],
  [
    { issuer: "me", extra: 1 },
    'Unknown setting: "extra". Known settings: issuer, secret, kind, urls, seconds, even',
  ],
])("%j: %s", (given, clause) => expect(clausesOf(given)).toEqual([clause]));

it("says that there are none where there are none", () => {
  const bare = { name: "anon-user", settings: z.strictObject({}) } as unknown as Provider;
  expect(rejectionOf({ a: 1, b: 2 }, bare).message).toBe(
    'The settings of anon-user are not valid: Unknown setting: "a", "b". Known settings: none.',
  );
});

it("says all of them, in one sentence or one a line", () => {
  const rejection = rejectionOf({ secret: "short" });
  expect(rejection.message).toBe(
    "The settings of club are not valid: issuer: Required; secret: Must have at least 32 characters.",
  );
  expect(rejection.lines()).toEqual([
    "The settings of club are not valid:",
    "  - issuer: Required",
    "  - secret: Must have at least 32 characters",
  ]);
  expect(rejection.problems).toEqual([
    { provider: "club", field: "issuer", message: "issuer: Required" },
    {
      provider: "club",
      field: "secret",
      message: "secret: Must have at least 32 characters",
    },
  ]);
});
