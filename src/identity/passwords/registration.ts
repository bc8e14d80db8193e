/** Registration: stores credentials, which become a user's identity at the first login or link. */
import { auditRules } from "../../audit/rules.ts";
import type { ClientInfo } from "../../client-info.ts";
import { PasserbyError } from "../../errors.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures } from "../../rate-limits/count-failures.ts";
import { auditedWithProvider } from "../enabled-provider.ts";
import { accountEmails } from "../login/account-emails.ts";
import type { LoginServices } from "../login/login.ts";
import type { DeployedProvider, Registered } from "../provider.ts";

/**
 * @throws PasserbyError RATE_LIMITED when this client registered too often, or tried too many taken emails, PROVIDER_NOT_FOUND when the
 *   provider has no registration, and what the provider throws
 */
export const register = auditedWithProvider(
  auditRules.register,
  async (
    services: Pick<LoginServices, "limits" | "reads" | "writes" | "clock" | "outbox">,
    {
      deployed,
      credentials,
      client,
    }: { deployed: DeployedProvider; credentials: unknown; client: ClientInfo },
  ): Promise<Registered> => {
    const { reads, writes, clock } = services;
    const { provider, settings } = deployed;
    const registerWithProvider = provider.register;
    if (!registerWithProvider) throw new PasserbyError("PROVIDER_NOT_FOUND");
    const context = {
      settings,
      reads,
      writes,
      clock,
      emails: accountEmails(services, client),
      countRegistration: () => services.limits.consume("registrations", clientKey(client)),
    };
    const key = clientKey(client, `register:${provider.name}:`);
    return countFailures(services, { counters: [["failedLogins", key]], wrong: ["EMAIL_TAKEN"] }, () =>
      registerWithProvider(context, credentials),
    );
  },
);
