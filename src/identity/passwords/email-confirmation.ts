/** Confirmation: whoever opens the link of a mail shows that its address is theirs. */
import type { EntityManager } from "typeorm";
import { auditRules } from "../../audit/rules.ts";
import type { ClientInfo } from "../../client-info.ts";
import type { EmailToken } from "../../entities/email-token.ts";
import { PasserbyError } from "../../errors.ts";
import { consumeEmailToken, findEmailToken } from "../../mail/email-tokens.ts";
import { auditedWithProvider, withProvider } from "../enabled-provider.ts";
import type { LoginServices } from "../login/login.ts";
import type { DeployedProvider } from "../provider.ts";
import type { Caller } from "../sessions/sessions.ts";
import { type EmailRequest, requestEmail } from "./email-request.ts";
import { holdCredential } from "./locked-credential.ts";
import { markConfirmed, withinTokenLimit } from "./password-credentials.ts";
import { holdRegistration, settleRegistration } from "./pending-registrations.ts";

/** For surfaces that tell rubbish from what is used or expired. */
export { isEmailToken } from "../../mail/email-tokens.ts";

/**
 * Makes the registration that the token was mailed for the one of its email: its password, and its user where it was
 * linked. Whatever else waits for that email ends.
 * @param request.caller whoever is signed in where the link was opened; null for nobody
 * @returns the e-mail
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED
 */
export const confirmEmail = auditedWithProvider(
  auditRules.confirmEmail,
  (
    { reads, writes, clock, limits }: LoginServices,
    {
      token,
      caller = null,
      client,
    }: { deployed: DeployedProvider; token: string; caller?: Caller | null; client: ClientInfo },
  ): Promise<string> => {
    return withinTokenLimit(limits, client, async () => {
      const now = clock.now();
      const presented = { token, purpose: "confirm", now } as const;
      const found = await findEmailToken(reads, presented);
      if (!found) throw new PasserbyError("TOKEN_INVALID");
      const take = async (manager: EntityManager): Promise<void> => {
        if (!(await consumeEmailToken(manager, presented))) throw new PasserbyError("TOKEN_INVALID");
      };
      return writes.transaction((manager) =>
        found.registrationId === null
          ? confirmCredential(manager, found, { caller, now, take })
          : confirmRegistration(manager, found.registrationId, { caller, now, take }),
      );
    });
  },
);

interface Confirming {
  readonly caller: Caller | null;
  readonly now: Date;
  /** @throws PasserbyError TOKEN_INVALID */
  readonly take: (manager: EntityManager) => Promise<void>;
}

async function confirmRegistration(
  manager: EntityManager,
  registrationId: string,
  { caller, now, take }: Confirming,
): Promise<string> {
  const held = await holdRegistration(manager, registrationId);
  if (!held) throw new PasserbyError("TOKEN_INVALID");
  await take(manager);
  const { credential, registration, userId } = held;
  const isVouchedFor = userId === null || caller?.user.id === userId;
  await settleRegistration(manager, held, { passwordHash: registration.passwordHash, isVouchedFor, now });
  return credential.email;
}

/** One that was registered without a confirmation, which its owner asked for afterwards. */
async function confirmCredential(
  manager: EntityManager,
  { credentialId }: EmailToken,
  { caller, now, take }: Confirming,
): Promise<string> {
  const held = await holdCredential(manager, credentialId);
  if (!held || held.credential.isPending) throw new PasserbyError("TOKEN_INVALID");
  await take(manager);
  const isVouchedFor = held.userId === null || caller?.user.id === held.userId;
  await markConfirmed(manager, held, { isVouchedFor, now });
  return held.credential.email;
}

/** Mails the confirmation once more, if the address waits for it. See `requestEmail`. */
export const resendEmailConfirmation = withProvider(
  (services: LoginServices, request: EmailRequest): Promise<string> =>
    requestEmail(services, request, "confirm"),
);
