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
  [{}, "issuer is missing"],
  [{ issuer: 1 }, "issuer needs a text"],
  [{ issuer: "" }, "issuer must not be empty"],
  [{ issuer: "me", secret: "short" }, "secret needs 32 characters or more"],
  [{ issuer: "me", secret: "s".repeat(65) }, "secret needs 64 characters or fewer"],
  [{ issuer: "me", kind: "three" }, "kind needs one or two"],
  [{ issuer: "me", urls: [] }, "urls needs one or more"],
  [{ issuer: "me", urls: ["nowhere"] }, "urls.0 needs an address such as https://example.com"],
  [{ issuer: "me", seconds: "60" }, "seconds needs a number"],
  [{ issuer: "me", seconds: 601 }, "seconds is a number of 600 or less"],
  [{ issuer: "me", even: 3 }, "even: It is even"],
  [
    { issuer: "me", extra: 1 },
    '"extra" is no setting; there are issuer, secret, kind, urls, seconds and even',
  ],
])("%j: %s", (given, clause) => expect(clausesOf(given)).toEqual([clause]));

it("says that there are none where there are none", () => {
  const bare = { name: "anon-user", settings: z.strictObject({}) } as unknown as Provider;
  expect(rejectionOf({ a: 1, b: 2 }, bare).message).toBe(
    'The settings of anon-user are not valid: "a" and "b" are no settings; there are none.',
  );
});

it("says all of them, in one sentence or one a line", () => {
  const rejection = rejectionOf({ secret: "short" });
  expect(rejection.message).toBe(
    "The settings of club are not valid: issuer is missing; secret needs 32 characters or more.",
  );
  expect(rejection.lines()).toEqual([
    "The settings of club are not valid:",
    "  - issuer is missing",
    "  - secret needs 32 characters or more",
  ]);
  expect(rejection.problems).toEqual([
    { provider: "club", field: "issuer", message: "issuer is missing" },
    { provider: "club", field: "secret", message: "secret needs 32 characters or more" },
  ]);
});
