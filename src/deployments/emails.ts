import type { Encryption } from "../encryption.ts";
import type { ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { decryptSettings } from "./configuration.ts";

/**
 * For a gateway without a mail server: users who register could never confirm their email.
 * @throws PasserbyError BAD_USER_INPUT when an enabled provider requires confirmation by email
 */
export function requireNoEmails(
  registry: readonly Provider[],
  configurations: readonly ProviderConfiguration[],
  encryption: Encryption,
): void {
  for (const { name, enabled, settings } of configurations) {
    const provider = registry.find((each) => each.name === name);
    if (!enabled || !provider?.passwords?.needsConfirmation(decryptSettings(provider, settings, encryption)))
      continue;
    const message = "confirmation is email, and this gateway cannot send emails. Set SMTP_URL first.";
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${name}: ${message}`,
      details: { problems: [{ provider: name, field: "confirmation", message }] },
    });
  }
}
