/** How an e-mail and password come to be kept. */
import { type EntityManager, IsNull } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import { MailToken } from "../../entities/mail-token.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import {
  type Proof,
  type ProofContext,
  type Registered,
  type RegistrationContext,
  StaleProofError,
} from "../../identity/provider.ts";
import { requireEmail } from "./emails.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";
import type { Settings } from "./settings.ts";

interface Registration {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly createdAt: Date;
  readonly isPending: boolean;
}

/** One that waits for its confirmation and that no user has is nobody's: whoever registers next may have it. */
export const isNobodys = ({ isPending, identityId }: PasswordCredential): boolean =>
  isPending && identityId === null;

async function planRegistration(
  {
    clock,
    settings,
    mails,
    countRegistration,
  }: Pick<ProofContext<Settings>, "clock" | "settings" | "mails" | "countRegistration">,
  given: { email: string; password: string },
): Promise<Registration> {
  const email = requireEmail(given.email);
  const isPending = settings.confirmation === "email";
  // Before anything is counted: a better password is no further registration.
  const password = await requireGoodPassword(given.password, settings);
  await countRegistration();
  if (isPending) await mails.require(email, "confirm");
  const passwordHash = await hashPassword(password);
  const createdAt = clock.now();
  return { id: uuidv7({ msecs: createdAt.getTime() }), email, passwordHash, createdAt, isPending };
}

/**
 * Registers; what is nobody's is replaced, and its links are void.
 * @returns the id under which it is kept; null when the e-mail is somebody's
 */
async function keep(manager: EntityManager, planned: Registration): Promise<string | null> {
  // Decided by the database: of two that register at once, one finds it taken.
  await manager.createQueryBuilder().insert().into(PasswordCredential).values(planned).orIgnore().execute();
  const stored = await manager.findOneBy(PasswordCredential, { email: planned.email });
  if (!stored) throw new StaleProofError();
  if (stored.id === planned.id) return stored.id;
  const { passwordHash, createdAt, isPending } = planned;
  const { affected } = await manager.update(
    PasswordCredential,
    { id: stored.id, isPending: true, identityId: IsNull() },
    { passwordHash, createdAt, isPending },
  );
  if (affected !== 1) return null;
  await manager.delete(MailToken, { credentialId: stored.id });
  return stored.id;
}

/** @throws PasserbyError BAD_USER_INPUT, WEAK_PASSWORD, RATE_LIMITED, and EMAIL_TAKEN where no mail could say so */
export async function register(
  context: RegistrationContext<Settings>,
  credentials: { email: string; password: string },
): Promise<Registered> {
  const { settings, writes, mails } = context;
  const planned = await planRegistration(context, credentials);
  const { email: to, isPending } = planned;
  await writes.transaction(async (manager) => {
    const credentialId = await keep(manager, planned);
    if (!isPending && credentialId === null) throw new PasserbyError("EMAIL_TAKEN");
    if (!isPending) return;
    const page = settings.confirmUrl ?? null;
    await (credentialId === null
      ? mails.add(manager, { kind: "already-registered", to })
      : mails.add(manager, { kind: "confirm", to, credentialId, page }));
  });
  mails.prompt();
  return { email: to, needsConfirmation: isPending };
}

/** A link with an e-mail that is nobody's: registered in the transaction that links it. */
export async function proveNew(
  context: ProofContext<Settings>,
  credentials: { email: string; password: string },
  replaced: PasswordCredential | null,
): Promise<Proof> {
  const { settings, mails } = context;
  const planned = await planRegistration(context, credentials);
  const { email, isPending } = planned;
  const subject = replaced?.id ?? planned.id;
  return {
    subject,
    email,
    emailVerified: false,
    profile: null,
    isWayIn: !isPending,
    attach: async (manager, identityId) => {
      if ((await keep(manager, planned)) !== subject) throw new StaleProofError();
      await manager.update(PasswordCredential, { id: subject }, { identityId });
      const page = settings.confirmUrl ?? null;
      if (isPending) await mails.add(manager, { kind: "confirm", to: email, credentialId: subject, page });
    },
    afterCommit: mails.prompt,
  };
}
