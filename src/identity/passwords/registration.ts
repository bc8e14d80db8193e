/** Registration: credentials are kept, and become a user's identity at the first login or link. */
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
 * @throws PasserbyError RATE_LIMITED when this address registered too often, or asked for too many taken names, PROVIDER_NOT_FOUND when the
 *   provider keeps no credentials, and what the provider refuses
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
    const registerAt = provider.register;
    if (!registerAt) throw new PasserbyError("PROVIDER_NOT_FOUND");
    const context = {
      settings,
      reads,
      writes,
      clock,
      mails: accountEmails(services, client),
      countRegistration: () => services.limits.consume("registrations", clientKey(client)),
    };
    const key = clientKey(client, `register:${provider.name}:`);
    return countFailures(services, { counters: [["failedLogins", key]], wrong: ["EMAIL_TAKEN"] }, () =>
      registerAt(context, credentials),
    );
  },
);
