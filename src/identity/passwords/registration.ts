/** Registration: stores credentials, which become a user's identity at the first login or link. */
import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { PasserbyError } from "../../errors.ts";
import { registered } from "../../events/credential-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures } from "../../rate-limits/count-failures.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import { accountEmails } from "../login/account-emails.ts";
import { findEmailOwner } from "../login/email-owner.ts";
import type { LoginServices } from "../login/login-services.ts";
import type { DeployedProvider, Registered } from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";

/**
 * @throws PasserbyError RATE_LIMITED when this client registered too often, or tried too many taken emails, PROVIDER_NOT_FOUND when the
 *   provider has no registration, and what the provider throws
 */
export const register = withProvider(
  recordFailures(
    ({ deployed }: RegistrationRequest) => ({ action: "REGISTERED", provider: deployed.provider.name }),
    async (
      services: LoginServices,
      context: RequestContext,
      { deployed, credentials }: RegistrationRequest,
    ): Promise<Registered> => {
      const { client } = context;
      const { reads, writes, clock } = services;
      const { provider, settings } = deployed;
      const registerWithProvider = provider.register;
      if (!registerWithProvider) throw new PasserbyError("PROVIDER_NOT_FOUND");
      const registration = {
        settings,
        reads,
        writes,
        clock,
        emails: accountEmails(services, client),
        countRegistration: () => services.limits.consume("registrations", clientKey(client)),
        findEmailOwner: async (manager: EntityManager, email: string) =>
          (await findEmailOwner(services, manager, email))?.userId ?? null,
        deleteIdentities: (manager: EntityManager, ids: readonly string[]) =>
          deleteIdentities(manager, services, context, ids),
        recordRegistration: (manager: EntityManager) =>
          recordEvents(manager, services, context, registered(provider.name)),
      };
      const key = clientKey(client, `register:${provider.name}:`);
      return countFailures(services, { counters: [["failedLogins", key]], wrong: ["EMAIL_TAKEN"] }, () =>
        registerWithProvider(registration, credentials),
      );
    },
  ),
);

interface RegistrationRequest {
  readonly deployed: DeployedProvider;
  readonly credentials: unknown;
}
