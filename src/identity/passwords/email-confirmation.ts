/** Email confirmation: opening the link in an email verifies the address. */
import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import type { EmailToken } from "../../entities/email-token.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { emailConfirmed } from "../../events/credential-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import { consumeEmailToken, findEmailToken } from "../../mail/email-tokens.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import { findEmailOwner } from "../login/email-owner.ts";
import type { LoginServices } from "../login/login-services.ts";
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
export const confirmEmail = withProvider(
  recordFailures(
    () => ({ action: "EMAIL_CONFIRMED" }),
    (
      services: LoginServices,
      context: RequestContext,
      { token, caller = null }: { deployed: DeployedProvider; token: string; caller?: Caller | null },
    ): Promise<string> => {
      const { reads, writes, clock, limits } = services;
      return withinTokenLimit(limits, context.client, async () => {
        const now = clock.now();
        const presented = { token, purpose: "confirm", now } as const;
        const found = await findEmailToken(reads, presented);
        if (!found) throw new PasserbyError("TOKEN_INVALID");
        const consume = async (manager: EntityManager): Promise<void> => {
          if (!(await consumeEmailToken(manager, presented))) throw new PasserbyError("TOKEN_INVALID");
        };
        return writes.transaction(async (manager) => {
          const confirmation = { services, context, caller, now, consume };
          const { email, userId } = await (found.registrationId === null
            ? confirmCredential(manager, found, confirmation)
            : confirmRegistration(manager, found.registrationId, confirmation));
          const user = userId === null ? null : await manager.findOneBy(User, { id: userId });
          await recordEvents(manager, services, context, emailConfirmed(user));
          return email;
        });
      });
    },
  ),
);

interface Confirmed {
  readonly email: string;
  readonly userId: string | null;
}

interface Confirmation {
  readonly services: LoginServices;
  readonly context: RequestContext;
  readonly caller: Caller | null;
  readonly now: Date;
  /** @throws PasserbyError TOKEN_INVALID */
  readonly consume: (manager: EntityManager) => Promise<void>;
}

async function confirmRegistration(
  manager: EntityManager,
  registrationId: string,
  { services, context, caller, now, consume }: Confirmation,
): Promise<Confirmed> {
  const locked = await lockRegistration(manager, registrationId);
  if (!locked) throw new PasserbyError("TOKEN_INVALID");
  await consume(manager);
  const { credential, registration, userId } = locked;
  const owner = await findEmailOwner(services, manager, credential.email);
  // Another user showed by a code to own the email while it was linked.
  if (owner && userId !== null && owner.userId !== userId) throw new PasserbyError("TOKEN_INVALID");
  const isVouchedFor = userId === null || caller?.user.id === userId;
  const settled = { passwordHash: registration.passwordHash, isVouchedFor, now };
  await settleRegistration(services, context, manager, { locked, settled });
  return { email: credential.email, userId };
}

/** Confirms a credential that was registered without confirmation, at its owner's request. */
async function confirmCredential(
  manager: EntityManager,
  { credentialId }: EmailToken,
  { caller, now, consume }: Confirmation,
): Promise<Confirmed> {
  const locked = await lockCredential(manager, credentialId);
  if (!locked || locked.credential.isPending) throw new PasserbyError("TOKEN_INVALID");
  await consume(manager);
  const isVouchedFor = locked.userId === null || caller?.user.id === locked.userId;
  await markConfirmed(manager, locked, { isVouchedFor, now });
  return { email: locked.credential.email, userId: locked.userId };
}

/** Sends the confirmation email again, if the address is unconfirmed. See `requestEmail`. */
export const resendEmailConfirmation = withProvider(
  (services: LoginServices, context: RequestContext, request: EmailRequest): Promise<string> =>
    requestEmail(services, context, { ...request, kind: "confirm" }),
);
