/** Stores an email and password. */
import type { EntityManager } from "typeorm";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PendingRegistration } from "../../entities/pending-registration.ts";
import { PasserbyError } from "../../errors.ts";
import {
  type Registered,
  type RegistrationContext,
  StaleVerificationError,
  type VerificationContext,
  type VerifiedIdentity,
} from "../../identity/provider.ts";
import { requireAddress } from "../emails/required-email.ts";
import { hashPassword, requireGoodPassword, verifyPassword } from "./passwords.ts";
import { createRegistrationId, findOwnPending, storePending, takePending } from "./pending.ts";
import type { Settings } from "./settings.ts";

interface Registration {
  readonly id: string;
  readonly email: string;
  readonly typedEmail: string | null;
  readonly passwordHash: string;
  readonly createdAt: Date;
  readonly isPending: boolean;
  /** When the linking user has confirmed the email by a code before; null if it was not. */
  readonly confirmedAt: Date | null;
}

interface EmailPassword {
  readonly email: string;
  readonly password: string;
}

async function planRegistration(
  {
    clock,
    settings,
    emails,
    countRegistration,
  }: Pick<VerificationContext<Settings>, "clock" | "settings" | "emails" | "countRegistration">,
  given: EmailPassword,
  { isConfirmed }: { isConfirmed: boolean },
): Promise<Registration> {
  const { typed, canonical: email } = requireAddress(given.email);
  const typedEmail = typed === email ? null : typed;
  const isPending = settings.confirmation === "email" && !isConfirmed;
  // Before the limits are counted: a rejected password must not use up a registration.
  const password = await requireGoodPassword(given.password, settings);
  await countRegistration();
  if (isPending) await emails.require(email, "confirm");
  const passwordHash = await hashPassword(password);
  const createdAt = clock.now();
  const confirmedAt = isConfirmed ? createdAt : null;
  const id = createRegistrationId(createdAt);
  return { id, email, typedEmail, passwordHash, createdAt, isPending, confirmedAt };
}

/**
 * Registers without a confirmation; replaces pending registrations.
 * @returns the credential's id; null if the email belongs to a user
 */
async function keep(
  context: Pick<VerificationContext, "deleteIdentities">,
  manager: EntityManager,
  planned: Registration,
): Promise<string | null> {
  // Decided by the database: of two concurrent registrations, one finds the email taken.
  await manager.createQueryBuilder().insert().into(PasswordCredential).values(planned).orIgnore().execute();
  const stored = await manager.findOneBy(PasswordCredential, { email: planned.email });
  if (!stored) throw new StaleVerificationError();
  if (stored.id === planned.id) return stored.id;
  return (await takePending(context, manager, { ...planned, id: stored.id })) ? stored.id : null;
}

/** @throws PasserbyError BAD_USER_INPUT, WEAK_PASSWORD, RATE_LIMITED, and EMAIL_TAKEN if no email can say so */
export async function register(
  context: RegistrationContext<Settings>,
  credentials: EmailPassword,
): Promise<Registered> {
  const { settings, writes, emails } = context;
  const planned = await planRegistration(context, credentials, { isConfirmed: false });
  const { id, email: to, isPending } = planned;
  await writes.transaction(async (manager) => {
    // A user without a password, who confirmed the email by a code.
    const owner = await context.findEmailOwner(manager, to);
    if (!isPending) {
      if (owner !== null || (await keep(context, manager, planned)) === null)
        throw new PasserbyError("EMAIL_TAKEN");
      return context.recordRegistration(manager);
    }
    const credentialId = await storePending(manager, planned, null);
    const page = settings.confirmUrl ?? null;
    await (credentialId === null
      ? emails.add(manager, { kind: "already-registered", to })
      : emails.add(manager, {
          kind: "confirm",
          to,
          credentialId,
          registrationId: id,
          isLink: owner !== null,
          page,
        }));
    await context.recordRegistration(manager);
  });
  emails.prompt();
  return { email: to, needsConfirmation: isPending };
}

/**
 * A link with an email that belongs to no user: it is registered in the transaction that links it. Where emails must be
 * confirmed, the email is the user's only after that; until then there may be other pending registrations for it.
 * @param email.known its credential if it has pending registrations; null if there are none
 * @param email.isConfirmed whether the linking user has confirmed it by a code
 */
export async function verifyNew(
  context: VerificationContext<Settings>,
  credentials: EmailPassword,
  { known, isConfirmed }: { known: PasswordCredential | null; isConfirmed: boolean },
): Promise<VerifiedIdentity> {
  const own = await findOwnPending(context, known);
  if (own && (await verifyPassword(own.passwordHash, credentials.password))) return verifiedOwn(own);
  const { settings, emails } = context;
  const planned = await planRegistration(context, credentials, { isConfirmed });
  const { id, email, isPending } = planned;
  const said = { email, emailVerified: isConfirmed, isEmailConfirmed: isConfirmed, profile: null };
  if (!isPending) {
    const subject = known?.id ?? id;
    return {
      ...{ ...said, subject },
      // Before the owner of the subject is looked up: a pending link may own it, and is ignored.
      recheck: async (manager) => {
        if (known && !(await takePending(context, manager, { ...planned, id: subject })))
          throw new StaleVerificationError();
      },
      attach: async (manager, identityId) => {
        if (!known && (await keep(context, manager, planned)) !== subject) throw new StaleVerificationError();
        await manager.update(PasswordCredential, { id: subject }, { identityId });
      },
    };
  }
  return {
    ...{ ...said, subject: id, canSignIn: false, replacedIdentityId: own?.identityId ?? null },
    attach: async (manager, identityId) => {
      const credentialId = await storePending(manager, planned, identityId);
      if (credentialId === null) throw new StaleVerificationError();
      const page = settings.confirmUrl ?? null;
      await emails.add(manager, {
        ...{ kind: "confirm", to: email, credentialId, registrationId: id, isLink: true, page },
      });
    },
    afterCommit: emails.prompt,
  };
}

/** The same link again, such as after a double click: nothing new is stored or sent. */
function verifiedOwn({
  id,
  identity,
}: NonNullable<Awaited<ReturnType<typeof findOwnPending>>>): VerifiedIdentity {
  return {
    subject: identity.subject,
    email: identity.email,
    emailVerified: false,
    profile: null,
    canSignIn: false,
    // It may have been confirmed, or replaced, meanwhile.
    recheck: async (manager) => {
      if (!(await manager.existsBy(PendingRegistration, { id }))) throw new StaleVerificationError();
    },
  };
}
