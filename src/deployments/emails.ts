import type { Encryption } from "../encryption.ts";
import type { ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { openSettings } from "./configuration.ts";

/**
 * For a gateway that sends no mails: whoever registered would wait for one for ever.
 * @throws PasserbyError BAD_USER_INPUT when a provider that is on would ask for mails
 */
export function requireNoEmails(
  registry: readonly Provider[],
  configurations: readonly ProviderConfiguration[],
  encryption: Encryption,
): void {
  for (const { name, enabled, settings } of configurations) {
    const provider = registry.find((each) => each.name === name);
    if (!enabled || !provider?.passwords?.needsConfirmation(openSettings(provider, settings, encryption)))
      continue;
    const message = "confirmation is email, and this gateway sends no mails. Set SMTP_URL first.";
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${name}: ${message}`,
      details: { problems: [{ provider: name, field: "confirmation", message }] },
    });
  }
}
