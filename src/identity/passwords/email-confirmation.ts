/** Email confirmation: opening the link in an email verifies the address. */
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
import { lockCredential } from "./locked-credential.ts";
import { markConfirmed, withinTokenLimit } from "./password-credentials.ts";
import { lockRegistration, settleRegistration } from "./pending-registrations.ts";

/** For surfaces that distinguish a malformed token from a used or expired one. */
export { isEmailToken } from "../../mail/email-tokens.ts";

/**
 * Confirms the pending registration that the token was sent for: the email gets its password and, if it was linked, its
 * user. All other pending registrations of that email are deleted.
 * @param request.caller the user who is logged in where the link was opened; null for none
 * @returns the email
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
      const consume = async (manager: EntityManager): Promise<void> => {
        if (!(await consumeEmailToken(manager, presented))) throw new PasserbyError("TOKEN_INVALID");
      };
      return writes.transaction((manager) =>
        found.registrationId === null
          ? confirmCredential(manager, found, { caller, now, consume })
          : confirmRegistration(manager, found.registrationId, { caller, now, consume }),
      );
    });
  },
);

interface Confirmation {
  readonly caller: Caller | null;
  readonly now: Date;
  /** @throws PasserbyError TOKEN_INVALID */
  readonly consume: (manager: EntityManager) => Promise<void>;
}

async function confirmRegistration(
  manager: EntityManager,
  registrationId: string,
  { caller, now, consume }: Confirmation,
): Promise<string> {
  const locked = await lockRegistration(manager, registrationId);
  if (!locked) throw new PasserbyError("TOKEN_INVALID");
  await consume(manager);
  const { credential, registration, userId } = locked;
  const isVouchedFor = userId === null || caller?.user.id === userId;
  await settleRegistration(manager, locked, { passwordHash: registration.passwordHash, isVouchedFor, now });
  return credential.email;
}

/** Confirms a credential that was registered without confirmation, at its owner's request. */
async function confirmCredential(
  manager: EntityManager,
  { credentialId }: EmailToken,
  { caller, now, consume }: Confirmation,
): Promise<string> {
  const locked = await lockCredential(manager, credentialId);
  if (!locked || locked.credential.isPending) throw new PasserbyError("TOKEN_INVALID");
  await consume(manager);
  const isVouchedFor = locked.userId === null || caller?.user.id === locked.userId;
  await markConfirmed(manager, locked, { isVouchedFor, now });
  return locked.credential.email;
}

/** Sends the confirmation email again, if the address is unconfirmed. See `requestEmail`. */
export const resendEmailConfirmation = withProvider(
  (services: LoginServices, request: EmailRequest): Promise<string> =>
    requestEmail(services, request, "confirm"),
);
