/** The verification of credentials: its limits, and what a provider is given for it. */
import { PasserbyError } from "../../errors.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures, countWrongSecrets } from "../../rate-limits/count-failures.ts";
import type { RequestContext } from "../../request-context.ts";
import { canonicalEmail } from "../../text/email-address.ts";
import { isIndexable } from "../../text/storable-text.ts";
import type {
  AnsweredChallenge,
  DeployedProvider,
  VerificationContext,
  VerifiedIdentity,
} from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import type { Caller } from "../sessions/sessions.ts";
import { accountEmails } from "./account-emails.ts";
import { consumeChallenge } from "./challenges.ts";
import { consumeEmailCode } from "./email-codes.ts";
import { claimEmail, findEmailOwner } from "./email-owner.ts";
import type { LoginServices } from "./login-services.ts";

/**
 * Prepares the verification of credentials by the provider, which may run several times: the challenge that they answer, or
 * the code that they are, is consumed by the first. Failures are counted by account and client, and by client alone, which limits
 * trying one password on many accounts (password spraying) and probing which emails are registered.
 */
export function prepareVerification(
  services: LoginServices,
  context: RequestContext,
  request: { deployed: DeployedProvider; credentials: unknown; caller: Caller | null },
): () => Promise<VerifiedIdentity> {
  const { reads, clock } = services;
  const { client } = context;
  const { credentials, caller } = request;
  const { provider, settings } = request.deployed;
  const account = `${provider.name}:${provider.accountOf(credentials)}:`;
  const count = provider.cannotBeGuessed ? countWrongSecrets : countFailures;
  const counted = {
    counters: [
      ["failedLogins", clientKey(client, account)],
      ["addressFailures", clientKey(client)],
    ],
    wrong: ["INVALID_CREDENTIALS", "WEAK_PASSWORD"],
  } as const;
  let challenge: AnsweredChallenge | null = null;
  let codeEmail: string | null = null;
  const linkingUserId = caller?.user.id ?? null;
  return () =>
    count(services, counted, async () => {
      if (provider.challenges) challenge ??= await consumeChallenge(services, request);
      if (provider.emailCodes) codeEmail ??= await consumeEmailCode(services, request);
      const verification: VerificationContext = {
        settings,
        reads,
        clock,
        challenge,
        codeEmail,
        purpose: caller ? "link" : "login",
        linkingUserId,
        emails: accountEmails(services, client),
        countRegistration: () => services.limits.consume("registrations", clientKey(client)),
        findEmailOwner: async (reads, email) =>
          (await findEmailOwner(services, reads, email))?.userId ?? null,
        claimEmail: (manager, email) =>
          claimEmail(services, context, manager, { email, userId: linkingUserId }),
        deleteIdentities: (manager, ids) => deleteIdentities(manager, services, context, ids),
      };
      return provider.verify(verification, credentials);
    });
}

/**
 * Validates the result of every provider, so that no provider can forget it: a subject that both databases can index, and
 * an email in its canonical form, or null.
 * @throws PasserbyError INVALID_CREDENTIALS when the subject cannot be stored
 */
export function checkVerifiedIdentity(verified: VerifiedIdentity): VerifiedIdentity {
  if (!isIndexable(verified.subject)) {
    throw new PasserbyError("INVALID_CREDENTIALS", {
      message:
        "The provider's id of this user is empty, longer than 2,000 bytes, or has a character such as NUL.",
    });
  }
  const email = verified.email === null ? null : canonicalEmail(verified.email);
  return { ...verified, email, emailVerified: email === null ? null : verified.emailVerified };
}
