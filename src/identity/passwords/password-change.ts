/** Password change by a user who is logged in and knows the current password. */

import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import { passwordChanged } from "../../events/credential-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures } from "../../rate-limits/count-failures.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import type { LoginServices } from "../login/login-services.ts";
import type { DeployedProvider, PasswordCredentials } from "../provider.ts";
import { endSessionsOf } from "../sessions/end-sessions.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import type { Caller } from "../sessions/sessions.ts";
import { lockCredential } from "./locked-credential.ts";
import { replacePassword, requirePasswords } from "./password-credentials.ts";

/**
 * Sets a new password and ends the caller's other sessions; the current session stays.
 * @returns how many sessions ended
 * @throws PasserbyError IDENTITY_NOT_FOUND when the caller has no password, INVALID_CREDENTIALS, WEAK_PASSWORD, RATE_LIMITED
 */
export const changePassword = withProvider(
  recordFailures(
    ({ caller, deployed }: PasswordChange) => ({
      action: "PASSWORD_CHANGED",
      userId: caller.user.id,
      provider: deployed.provider.name,
    }),
    async (services: LoginServices, context: RequestContext, request: PasswordChange): Promise<number> => {
      const { caller, deployed } = request;
      const { outbox } = services;
      const passwords = requirePasswords(deployed);
      const known = await findOwn(services.reads, caller, deployed.provider.name);
      if (!known) {
        throw new PasserbyError("IDENTITY_NOT_FOUND", {
          message: "You have no password yet. Link an email first.",
        });
      }
      await verifyWithinLimits(services, context, request, { passwords, known });
      const passwordHash = await passwords.hash(request.newPassword, deployed.settings);
      const ended = await services.writes.transaction(async (manager) => {
        await lockCaller(manager, caller);
        const locked = await lockCredential(manager, known.id);
        const isUnchanged =
          locked?.userId === caller.user.id && locked.credential.passwordHash === known.passwordHash;
        if (!isUnchanged) throw new PasserbyError("INVALID_CREDENTIALS");
        await replacePassword(manager, locked, passwordHash);
        await outbox.add(manager, { kind: "password-changed", to: locked.credential.email });
        const others = {
          userId: caller.user.id,
          except: caller.session.id,
          reason: "PASSWORD_CHANGED",
        } as const;
        const sessionsEnded = await endSessionsOf(manager, services, context, others);
        const event = passwordChanged(caller, { provider: deployed.provider.name, sessionsEnded });
        await recordEvents(manager, services, context, event);
        return sessionsEnded;
      });
      outbox.prompt();
      return ended;
    },
  ),
);

interface PasswordChange {
  readonly caller: Caller;
  readonly deployed: DeployedProvider;
  readonly currentPassword: string;
  readonly newPassword: string;
}

const findOwn = (
  reads: EntityManager,
  { user }: Caller,
  provider: string,
): Promise<PasswordCredential | null> =>
  reads.findOneBy(PasswordCredential, { identity: { userId: user.id, provider } });

/** Shares the limit of failed logins, so that a stolen session allows no additional guesses. */
function verifyWithinLimits(
  services: LoginServices,
  { client }: RequestContext,
  { deployed, currentPassword }: PasswordChange,
  { passwords, known }: { passwords: PasswordCredentials; known: PasswordCredential },
): Promise<void> {
  const key = clientKey(client, `${deployed.provider.name}:${known.email}:`);
  return countFailures(
    services,
    { counters: [["failedLogins", key]], wrong: ["INVALID_CREDENTIALS"] },
    async () => {
      if (await passwords.verify(known.passwordHash, currentPassword)) return;
      throw new PasserbyError("INVALID_CREDENTIALS", { message: "The current password is wrong." });
    },
  );
}
