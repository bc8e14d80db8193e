import { retryOnRace } from "../../database/retry-on-race.ts";
import type { PasswordCredential } from "../../entities/password-credential.ts";
import type { RequestContext } from "../../request-context.ts";
import { findCredential } from "../find-credential.ts";
import { accountEmails } from "../login/account-emails.ts";
import type { LoginServices } from "../login/login-services.ts";
import type { DeployedProvider } from "../provider.ts";
import { requirePasswords } from "./password-credentials.ts";
import { extendRegistration, findRegistrationToResend } from "./pending-registrations.ts";

/** Which credentials an email of each kind is sent to. */
const isRecipient = {
  confirm: ({ confirmedAt }: PasswordCredential) => confirmedAt === null,
  reset: () => true,
};

export interface EmailRequest {
  readonly deployed: DeployedProvider;
  readonly email: string;
}

/**
 * Sends an email on an unauthenticated request. The response and the work are the same for an unknown address (user enumeration).
 * @returns the email as it is stored
 * @throws PasserbyError BAD_USER_INPUT, RATE_LIMITED, SERVICE_UNAVAILABLE where the gateway cannot send emails
 */
export async function requestEmail(
  services: LoginServices,
  { client }: RequestContext,
  { deployed, email, kind }: EmailRequest & { readonly kind: "confirm" | "reset" },
): Promise<string> {
  const passwords = requirePasswords(deployed);
  const to = passwords.normalizeEmail(email);
  const emails = accountEmails(services, client);
  await emails.require(to, kind);
  const page = passwords.pages(deployed.settings)[kind];
  await retryOnRace(() =>
    services.writes.transaction(async (manager) => {
      const known = await findCredential(manager, email);
      if (!known || !isRecipient[kind](known)) return emails.addDecoy(manager);
      const message = { kind, to: known.email, credentialId: known.id, page };
      if (!known.isPending) return emails.add(manager, message);
      const pending = await findRegistrationToResend(manager, known);
      // The users that linked it were deleted or unlinked it.
      if (!pending) return emails.addDecoy(manager);
      if (kind === "reset") return emails.add(manager, message);
      await extendRegistration(manager, pending, services.clock.now());
      await emails.add(manager, {
        ...{ ...message, registrationId: pending.id, isLink: pending.identityId !== null },
      });
    }),
  );
  emails.prompt();
  return to;
}
