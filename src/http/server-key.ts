import type { ClientInfo } from "../client-info.ts";
import { findServer } from "../identity/api-keys/server-api-keys.ts";
import { clientKey } from "../rate-limits/client-address.ts";
import { countWrongSecrets } from "../rate-limits/count-failures.ts";
import type { Services } from "../services.ts";

/**
 * Verifies a server API key that came with a request; wrong ones are counted by client, and so is what is no such key.
 * @param readKey throws UNAUTHENTICATED when the request has none
 * @throws PasserbyError UNAUTHENTICATED, PROVIDER_DISABLED while the provider api-key is disabled, RATE_LIMITED
 */
export async function checkServerKey(
  services: Services,
  client: ClientInfo,
  readKey: () => string,
): Promise<void> {
  const counters = [["failedLogins", clientKey(client, "server-key:")]] as const;
  await countWrongSecrets(services, { counters, wrong: ["UNAUTHENTICATED"] }, async () => {
    await findServer(services, readKey());
  });
}
