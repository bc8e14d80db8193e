/** Login: the steps that all providers share, in the order that makes them safe. */

import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { retryOnRace } from "../../database/retry-on-race.ts";
import { execute } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { identityLinked, loggedIn } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import { type DeployedProvider, StaleVerificationError, type VerifiedIdentity } from "../provider.ts";
import { requireProofForLogin } from "../sessions/key-binding.ts";
import { endOldestSessions } from "../sessions/session-cap.ts";
import { type Authentication, authenticate, planSession } from "../sessions/sessions.ts";
import { findOwner, type IdentityOwner, requireSameOwner } from "./identity-owner.ts";
import type { LoginServices } from "./login-services.ts";
import { changesOf, mergeProfiles, planIdentity, planNewUser } from "./planned-user.ts";
import { checkVerifiedIdentity, prepareVerification } from "./verification.ts";

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
  const hasEmail = provider.passwords !== undefined || provider.emailCodes !== undefined;
  const account = (hasEmail && provider.accountOf(credentials)) || null;
  return loginVerified(services, context, { deployed, account, verify });
});

interface LoginRequest {
  readonly deployed: DeployedProvider;
  readonly account?: string | null;
  readonly verify: () => Promise<VerifiedIdentity>;
}

/**
 * Logs in the user of a verified identity.
 * @param request.account the email of a login with a password or code, for the audit record of a failed login
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
        const known = await findOwner(services, services.reads, { provider, verified });
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

/** The user was deleted or disabled while the login was decided. */
class UserVanishedError extends PasserbyError {
  constructor() {
    super("INVALID_CREDENTIALS");
  }
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
    if (known.isByEmail) {
      const identity = await addIdentity(services, manager, { user, deployed, verified });
      await recordEvents(
        manager,
        services,
        context,
        identityLinked({ user }, { identity, promoted: null, changed: [] }),
      );
    } else if (await useIdentity(manager, known, { verified, now })) changed.push("email");
    const identityId = sessionsEndWithIdentity ? known.identityId : null;
    await endOldestSessions(manager, services, context, { userId: user.id });
    const countsAsRecent = verified.countsAsRecentLogin;
    const session = planSession(services, context, { user, provider, identityId, countsAsRecent });
    await insertRows(manager, { entity: Session, rows: [session] });
    await recordEvents(manager, services, context, loggedIn({ user, session }, { changed }));
    return authenticate(services, { user, session });
  });
}

/** @returns whether the email changed */
async function useIdentity(
  manager: EntityManager,
  { identityId, userId }: IdentityOwner,
  { verified: { email, emailVerified }, now }: { verified: VerifiedIdentity; now: Date },
): Promise<boolean> {
  const used = await execute(manager, "UPDATE identities SET last_used_at = ? WHERE id = ? AND user_id = ?", [
    +now,
    identityId,
    userId,
  ]);
  if (used === 0) throw new UserVanishedError();
  // A provider that sends no email this time does not remove the stored one.
  if (email === null) return false;
  const stored = await execute(
    manager,
    `UPDATE identities SET email = ?, email_verified = ? WHERE id = ?
     AND (email IS DISTINCT FROM ? OR email_verified IS DISTINCT FROM ?)`,
    [email, emailVerified, identityId, email, emailVerified],
  );
  return stored > 0;
}

/** Another identity of the user whose email, confirmed by an email of this gateway, is also that of the new one. */
async function addIdentity(
  services: LoginServices,
  manager: EntityManager,
  { user, deployed, verified }: { user: User; deployed: DeployedProvider; verified: VerifiedIdentity },
): Promise<Identity> {
  const { name: provider, onePerUser } = deployed.provider;
  await requireSameOwner(services, manager, { verified, userId: user.id });
  const other =
    onePerUser && (await manager.findOneBy(Identity, { userId: user.id, provider, canSignIn: true }));
  // A concurrent login has added it.
  if (other && other.subject === verified.subject) throw new StaleVerificationError();
  if (other) throw new PasserbyError("PROVIDER_ALREADY_LINKED");
  const identity = planIdentity({ userId: user.id, provider, verified, now: services.clock.now() });
  await insertRows(manager, { entity: Identity, rows: [identity] });
  await verified.attach?.(manager, identity.id);
  return identity;
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
    await verified.recheck?.(manager);
    await requireSameOwner(services, manager, { verified, userId: null });
    await insertRows(manager, { entity: User, rows: [plan.user] });
    await insertRows(manager, { entity: Identity, rows: [plan.identity] });
    await verified.attach?.(manager, plan.identity.id);
    await insertRows(manager, { entity: Session, rows: [plan.session] });
    await recordEvents(manager, services, context, loggedIn(plan, { isNew: true }));
  });
  return authenticate(services, plan);
}
