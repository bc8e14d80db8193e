import type { ClientInfo } from "../../client-info.ts";
import { retryOnRace } from "../../database/retry-on-race.ts";
import type { PasswordCredential } from "../../entities/password-credential.ts";
import { findCredential } from "../find-credential.ts";
import { accountEmails } from "../login/account-emails.ts";
import type { LoginServices } from "../login/login.ts";
import type { DeployedProvider } from "../provider.ts";
import { requirePasswords } from "./password-credentials.ts";
import { findToRemind, prolong } from "./pending-registrations.ts";

/** Whom a mail makes sense for. */
const isMeant = {
  confirm: ({ confirmedAt }: PasswordCredential) => confirmedAt === null,
  reset: () => true,
};

export interface EmailRequest {
  readonly deployed: DeployedProvider;
  readonly email: string;
  readonly client: ClientInfo;
}

/**
 * Mails to whoever has an address, on a stranger's request. The answer and the work are the same for an address that nobody has.
 * @returns the e-mail as it is stored
 * @throws PasserbyError BAD_USER_INPUT, RATE_LIMITED, SERVICE_UNAVAILABLE where no mail could go out
 */
export async function requestEmail(
  services: LoginServices,
  { deployed, email, client }: EmailRequest,
  kind: "confirm" | "reset",
): Promise<string> {
  const passwords = requirePasswords(deployed);
  const to = passwords.normalizeEmail(email);
  const mails = accountEmails(services, client);
  await mails.require(to, kind);
  const page = passwords.pages(deployed.settings)[kind];
  await retryOnRace(() =>
    services.writes.transaction(async (manager) => {
      const known = await findCredential(manager, email);
      if (!known || !isMeant[kind](known)) return mails.addDecoy(manager);
      const mail = { kind, to: known.email, credentialId: known.id, page };
      if (!known.isPending) return mails.add(manager, mail);
      const waiting = await findToRemind(manager, known);
      // Its users are gone, or took it back: nobody has it.
      if (!waiting) return mails.addDecoy(manager);
      if (kind === "reset") return mails.add(manager, mail);
      await prolong(manager, waiting, services.clock.now());
      await mails.add(manager, {
        ...{ ...mail, registrationId: waiting.id, isLink: waiting.identityId !== null },
      });
    }),
  );
  mails.prompt();
  return to;
}
