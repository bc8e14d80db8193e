/** Every rule that needs a provider requires that it is enabled before anything else: no database, no surface. */
import { describe, expect, it } from "@jest/globals";
import { PasserbyError } from "../../src/errors.ts";
import { createApiKey } from "../../src/identity/api-keys/api-keys.ts";
import { createServerApiKey } from "../../src/identity/api-keys/server-api-keys.ts";
import { requireProvider } from "../../src/identity/enabled-provider.ts";
import { linkIdentity } from "../../src/identity/linking/linking.ts";
import { loginAnonymously } from "../../src/identity/login/anonymous-login.ts";
import { startChallenge } from "../../src/identity/login/challenges.ts";
import { login } from "../../src/identity/login/login.ts";
import { startOAuth } from "../../src/identity/login/oauth-flows.ts";
import { confirmEmail, resendEmailConfirmation } from "../../src/identity/passwords/email-confirmation.ts";
import { changePassword } from "../../src/identity/passwords/password-change.ts";
import { inviteToReset } from "../../src/identity/passwords/password-invitations.ts";
import { requestPasswordReset, resetPassword } from "../../src/identity/passwords/password-reset.ts";
import { register } from "../../src/identity/passwords/registration.ts";
import type { DeployedProvider, ProviderLookup } from "../../src/identity/provider.ts";
import type { RequestContext } from "../../src/request-context.ts";
import { visitor } from "../support/contexts.ts";

type Rule = (services: never, context: RequestContext, request: never) => Promise<unknown>;

const rules: Readonly<Record<string, Rule>> = {
  login,
  loginAnonymously,
  linkIdentity,
  startOAuth,
  startChallenge,
  register,
  confirmEmail,
  resendEmailConfirmation,
  requestPasswordReset,
  resetPassword,
  changePassword,
  inviteToReset,
  createApiKey,
  createServerApiKey,
};

/** Fails the test when a rule looks at anything but what it is allowed to. */
const guarded = (allowed: object): never =>
  new Proxy(allowed, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      throw new Error(`${String(name)} was looked at before the provider was`);
    },
    has: (target, name) => name in target,
    ownKeys: () => [],
  }) as never;

describe("a provider that is disabled", () => {
  it.each(Object.entries(rules))("is an error of %s before it looks at its request", async (_, rule) => {
    const asked: string[] = [];
    const requireEnabled = (name: string): never => {
      asked.push(name);
      throw new PasserbyError("PROVIDER_DISABLED");
    };
    const services = guarded({ providers: { requireEnabled } });
    const request = guarded({ provider: "some-provider", kind: undefined });
    await expect(rule(services, visitor, request)).rejects.toMatchObject({ code: "PROVIDER_DISABLED" });
    expect(asked).toEqual(["some-provider"]);
  });
});

describe("a provider of another kind of credentials", () => {
  const deployed = { provider: { name: "shop", credentials: "idToken" } } as DeployedProvider;
  const providers: ProviderLookup = {
    enabledProviders: () => [],
    requireEnabled: () => deployed,
    confirmingEmails: [],
  };

  it("is not found, so that a client cannot send its credentials to a provider that does not expect them", () => {
    expect(() => requireProvider({ providers }, { provider: "shop", kind: "emailPassword" })).toThrow(
      expect.objectContaining({ code: "PROVIDER_NOT_FOUND" }),
    );
  });
  it("is found where the kind is its own, or none is asked for", () => {
    expect(requireProvider({ providers }, { provider: "shop", kind: "idToken" })).toBe(deployed);
    expect(requireProvider({ providers }, { provider: "shop" })).toBe(deployed);
  });
});
