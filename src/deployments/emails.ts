import type { Encryption } from "../encryption.ts";
import type { ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { decryptSettings } from "./configuration.ts";

/**
 * For a gateway without a mail server: users could never confirm their email, or get a code.
 * @throws PasserbyError BAD_USER_INPUT when an enabled provider needs emails
 */
export function requireNoEmails(
  registry: readonly Provider[],
  configurations: readonly ProviderConfiguration[],
  encryption: Encryption,
): void {
  for (const { name, enabled, settings } of configurations) {
    const provider = registry.find((each) => each.name === name);
    if (!enabled || !provider) continue;
    const confirms = provider.passwords?.needsConfirmation(decryptSettings(provider, settings, encryption));
    if (!confirms && !provider.emailCodes) continue;
    const [field, why] = confirms
      ? ["confirmation", "confirmation is email"]
      : ["enabled", "codes are sent by email"];
    const message = `${why}, and this gateway cannot send emails. Set SMTP_URL first.`;
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `${name}: ${message}`,
      details: { problems: [{ provider: name, field, message }] },
    });
  }
}
