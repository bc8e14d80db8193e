/** Login: the steps that all providers share, in the order that makes them safe. */

import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { retryOnRace } from "../../database/retry-on-race.ts";
import { execute, select } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { loggedIn, type UserChange } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import { createId } from "../../ids.ts";
import type { Outbox } from "../../mail/mail.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countFailures, countWrongSecrets } from "../../rate-limits/count-failures.ts";
import type { Limits } from "../../rate-limits/limits.ts";
import type { RequestContext } from "../../request-context.ts";
import { profileProblem } from "../../text/storable-profile.ts";
import { type ProviderServices, withProvider } from "../enabled-provider.ts";
import {
  type AnsweredChallenge,
  type DeployedProvider,
  StaleVerificationError,
  type VerificationContext,
  type VerifiedIdentity,
} from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import { requireProofForLogin } from "../sessions/key-binding.ts";
import { endOldestSessions } from "../sessions/session-cap.ts";
import {
  type Authentication,
  authenticate,
  type Caller,
  planSession,
  type SessionServices,
} from "../sessions/sessions.ts";
import { accountEmails } from "./account-emails.ts";
import { consumeChallenge } from "./challenges.ts";
import { checkVerifiedIdentity } from "./checked-identity.ts";

export interface LoginServices extends SessionServices, ProviderServices {
  readonly limits: Limits;
  readonly outbox: Outbox;
}

/**
 * Logs in with credentials. An identity that is not stored yet gets a new user.
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND, RATE_LIMITED, INVALID_CREDENTIALS, USER_DISABLED,
 *   SERVICE_UNAVAILABLE, DPOP_REQUIRED
 */
export const login = withProvider(async function login(
  services: LoginServices,
  context: RequestContext,
  request: { deployed: DeployedProvider; credentials: unknown },
): Promise<Authentication> {
  const { deployed, credentials } = request;
  const { provider } = deployed;
  requireProofForLogin(services.policy, context, { isAnonymous: false });
  const verify = prepareVerification(services, context, { ...request, caller: null });
  const account = provider.passwords ? provider.accountOf(credentials) : null;
  return loginVerified(services, context, { deployed, account, verify });
});

interface LoginRequest {
  readonly deployed: DeployedProvider;
  readonly account?: string | null;
  readonly verify: () => Promise<VerifiedIdentity>;
}

/**
 * Logs in the user of a verified identity.
 * @param request.account the email of a password login, for the audit record of a failed login
 * @param request.verify called again when the login is decided again, since the credentials may have changed meanwhile
 * @throws PasserbyError INVALID_CREDENTIALS, USER_DISABLED, RATE_LIMITED when this account logs in too often, and what the
 *   verification throws
 */
export const loginVerified = recordFailures(
  ({ deployed, account = null }: LoginRequest) => ({
    action: "LOGGED_IN",
    provider: deployed.provider.name,
    account,
  }),
  async (
    services: LoginServices,
    context: RequestContext,
    { deployed, verify }: LoginRequest,
  ): Promise<Authentication> => {
    const provider = deployed.provider.name;
    return retryOnRace(
      async (tries) => {
        const verified = checkVerifiedIdentity(await verify());
        const known = await findIdentity(services.reads, provider, verified.subject);
        // Successful logins are limited too: each leaves a session, which may end up in the revocation list.
        if (known && tries === 1) await services.limits.consume("logins", known.userId);
        return known
          ? loginKnown(services, context, { known, deployed, verified })
          : loginNew(services, context, { deployed, verified });
      },
      (error) => error instanceof StaleVerificationError || error instanceof UserVanishedError,
    );
  },
);

/**
 * Prepares the verification of credentials by the provider, which may run several times: the challenge that they answer is
 * consumed by the first. Failures are counted by account and client, and by client alone, which limits
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
  return () =>
    count(services, counted, async () => {
      if (provider.challenges) challenge ??= await consumeChallenge(services, request);
      const verification: VerificationContext = {
        settings,
        reads,
        clock,
        challenge,
        purpose: caller ? "link" : "login",
        linkingUserId: caller?.user.id ?? null,
        emails: accountEmails(services, client),
        countRegistration: () => services.limits.consume("registrations", clientKey(client)),
        deleteIdentities: (manager, ids) => deleteIdentities(manager, services, context, ids),
      };
      return provider.verify(verification, credentials);
    });
}

/** The user was deleted or disabled while the login was decided. */
class UserVanishedError extends PasserbyError {
  constructor() {
    super("INVALID_CREDENTIALS");
  }
}

export interface IdentityOwner {
  readonly identityId: string;
  readonly userId: string;
}

/** The user that has an identity; null when there is none. */
export async function findIdentity(
  reads: EntityManager,
  provider: string,
  subject: string,
): Promise<IdentityOwner | null> {
  const [row] = await select<{ id: string; user_id: string }>(
    reads,
    "SELECT id, user_id FROM identities WHERE provider = ? AND subject = ?",
    [provider, subject],
  );
  return row ? { identityId: row.id, userId: row.user_id } : null;
}

async function loginKnown(
  services: LoginServices,
  context: RequestContext,
  {
    known,
    deployed,
    verified,
  }: { known: IdentityOwner; deployed: DeployedProvider; verified: VerifiedIdentity },
): Promise<Authentication> {
  const { writes, clock } = services;
  const { name: provider, sessionsEndWithIdentity } = deployed.provider;
  const now = clock.now();
  return writes.transaction(async (manager) => {
    const stored = await manager.findOneBy(User, { id: known.userId });
    if (!stored) throw new UserVanishedError();
    if (stored.disabledAt) throw new PasserbyError("USER_DISABLED");
    const profile = mergeProfiles(stored.profile, verified.profile);
    const user = Object.assign(new User(), stored, { lastLoginAt: now, profile });
    const changed = changesOf(stored, user);
    const updated = await execute(
      manager,
      "UPDATE users SET last_login_at = ?, profile = ? WHERE id = ? AND disabled_at IS NULL",
      [+now, profile && JSON.stringify(profile), user.id],
    );
    if (updated === 0) throw new UserVanishedError();
    await verified.recheck?.(manager);
    const used = await execute(
      manager,
      "UPDATE identities SET last_used_at = ? WHERE id = ? AND user_id = ?",
      [+now, known.identityId, user.id],
    );
    if (used === 0) throw new UserVanishedError();
    // A provider that sends no email this time does not remove the stored one.
    if (verified.email !== null) {
      const { email, emailVerified } = verified;
      const stored = await execute(
        manager,
        `UPDATE identities SET email = ?, email_verified = ? WHERE id = ?
         AND (email IS DISTINCT FROM ? OR email_verified IS DISTINCT FROM ?)`,
        [email, emailVerified, known.identityId, email, emailVerified],
      );
      if (stored > 0) changed.push("email");
    }
    const identityId = sessionsEndWithIdentity ? known.identityId : null;
    await endOldestSessions(manager, services, context, { userId: user.id });
    const countsAsRecent = verified.countsAsRecentLogin;
    const session = planSession(services, context, { user, provider, identityId, countsAsRecent });
    await insertRows(manager, { entity: Session, rows: [session] });
    await recordEvents(manager, services, context, loggedIn({ user, session }, { changed }));
    return authenticate(services, { user, session });
  });
}

async function loginNew(
  services: LoginServices,
  context: RequestContext,
  { deployed, verified }: { deployed: DeployedProvider; verified: VerifiedIdentity },
): Promise<Authentication> {
  const { name: provider, sessionsEndWithIdentity } = deployed.provider;
  const plan = planNewUser(services, context, { provider, verified });
  if (sessionsEndWithIdentity) plan.session.identityId = plan.identity.id;
  await services.writes.transaction(async (manager) => {
    await insertRows(manager, { entity: User, rows: [plan.user] });
    await insertRows(manager, { entity: Identity, rows: [plan.identity] });
    await verified.recheck?.(manager);
    await verified.attach?.(manager, plan.identity.id);
    await insertRows(manager, { entity: Session, rows: [plan.session] });
    await recordEvents(manager, services, context, loggedIn(plan, { isNew: true }));
  });
  return authenticate(services, plan);
}

/** Everything about a new user, decided before anything is stored. Without a verified identity the user is anonymous. */
export function planNewUser(
  services: LoginServices,
  context: RequestContext,
  { provider, verified }: { provider: string; verified: VerifiedIdentity | null },
): { user: User; identity: Identity; session: Session } {
  const now = services.clock.now();
  const user = Object.assign(new User(), {
    id: createId(now),
    isAnonymous: verified === null,
    createdAt: now,
    lastLoginAt: now,
    disabledAt: null,
    profile: verified?.profile ?? null,
  });
  const identity = planIdentity({ userId: user.id, provider, verified, now });
  return { user, identity, session: planSession(services, context, { user, provider }) };
}

/** An identity that is about to be stored. The subject of an anonymous identity is its own id. */
export function planIdentity({
  userId,
  provider,
  verified,
  now,
}: {
  userId: string;
  provider: string;
  verified: VerifiedIdentity | null;
  now: Date;
}): Identity {
  const id = createId(now);
  return {
    id,
    userId,
    provider,
    subject: verified?.subject ?? id,
    name: verified?.name ?? null,
    email: verified?.email ?? null,
    emailVerified: verified?.emailVerified ?? null,
    canSignIn: verified !== null && (verified.canSignIn ?? true),
    createdAt: now,
    lastUsedAt: now,
  };
}

/**
 * Merges the profile that a provider sent into the stored one, field by field; null when both are empty. If the result
 * would exceed the limits of a profile, the stored one is discarded, so that the login does not fail.
 */
export function mergeProfiles(
  known: User["profile"],
  said: Readonly<Record<string, unknown>> | null,
): User["profile"] {
  if (said === null) return known;
  const both = { ...known, ...said };
  return profileProblem(both) === null ? both : { ...said };
}

/** What a login or link changed of a user. */
export const changesOf = (before: User, after: User): UserChange[] =>
  JSON.stringify(before.profile) === JSON.stringify(after.profile) ? [] : ["profile"];
