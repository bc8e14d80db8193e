/** Registration: credentials are kept, and become a user's identity at the first login or link. */
import { PasserbyError } from "../errors.ts";
import { accountMails } from "./account-mails.ts";
import type { LoginServices } from "./login.ts";
import type { DeployedProvider, Registered } from "./provider.ts";
import type { Origin } from "./sessions.ts";

/**
 * @throws PasserbyError RATE_LIMITED when this address asked for too many taken names, PROVIDER_NOT_FOUND when the
 *   provider keeps no credentials, and what the provider refuses
 */
export async function register(
  services: Pick<LoginServices, "limits" | "reads" | "writes" | "clock" | "outbox">,
  { deployed, credentials, origin }: { deployed: DeployedProvider; credentials: unknown; origin: Origin },
): Promise<Registered> {
  const { limits, reads, writes, clock } = services;
  const { provider, settings } = deployed;
  if (!provider.register) throw new PasserbyError("PROVIDER_NOT_FOUND");
  const key = `register:${provider.name}:${origin.ipAddress ?? "unknown"}`;
  await limits.consume("failedLogins", key);
  const mails = accountMails(services, origin);
  const registered = await provider.register({ settings, reads, writes, clock, mails }, credentials);
  await limits.giveBack("failedLogins", key);
  return registered;
}
