/** Linking: adds an identity to the caller's user, which keeps its id and the current session. */

import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { retryOnRace } from "../../database/retry-on-race.ts";
import { execute } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { identityLinked, mergeOffered } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import { findOwner } from "../login/identity-owner.ts";
import type { LoginServices } from "../login/login-services.ts";
import { changesOf, mergeProfiles, planIdentity } from "../login/planned-user.ts";
import { checkVerifiedIdentity, prepareVerification } from "../login/verification.ts";
import { type DeployedProvider, StaleVerificationError, type VerifiedIdentity } from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import { endSessionsOf } from "../sessions/end-sessions.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import { type Authentication, authenticate, type Caller, requireRecentLogin } from "../sessions/sessions.ts";
import { decideLink } from "./decide-link.ts";
import { issueMergeTicket, type MergeOffer } from "./merging.ts";

/** Either the caller with the new identity, or an offer to merge with the user that has it. */
export type LinkOutcome =
  | { readonly linked: Authentication; readonly conflict: null }
  | { readonly linked: null; readonly conflict: MergeOffer };

/**
 * Links an identity to the caller.
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND, RATE_LIMITED, INVALID_CREDENTIALS, WEAK_PASSWORD, PROVIDER_ALREADY_LINKED, IDENTITY_IN_USE when the caller is not anonymous, USER_DISABLED when
 *   the owner is, REAUTHENTICATION_REQUIRED when the login of a permanent user is not recent, UNAUTHENTICATED when the caller's
 *   user is deleted, merged or expires meanwhile
 */
export const linkIdentity = withProvider(function linkIdentity(
  services: LoginServices,
  context: RequestContext,
  request: { caller: Caller; deployed: DeployedProvider; credentials: unknown },
): Promise<LinkOutcome> {
  const { caller, deployed } = request;
  if (!deployed.provider.canBeLinked) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: "This provider cannot be linked: its credentials are created for a user.",
    });
  }
  // Also checked when the identity is added; here so that no code is used up by a link that fails.
  if (deployed.provider.emailCodes) requireRecentLogin(services, caller);
  const verify = prepareVerification(services, context, request);
  return linkVerified(services, context, { caller, deployed, verify });
});

interface LinkRequest {
  readonly caller: Caller;
  readonly deployed: DeployedProvider;
  readonly verify: () => Promise<VerifiedIdentity>;
}

/**
 * Links a verified identity to the caller.
 * @param request.verify called again when the link is decided again, since the credentials may have changed meanwhile
 */
export const linkVerified = recordFailures(
  ({ caller, deployed }: LinkRequest) => ({
    action: "IDENTITY_LINKED",
    userId: caller.user.id,
    provider: deployed.provider.name,
  }),
  async (
    services: LoginServices,
    context: RequestContext,
    { caller, deployed, verify }: LinkRequest,
  ): Promise<LinkOutcome> =>
    retryOnRace(
      async () => {
        const verified = checkVerifiedIdentity(await verify());
        const outcome = await services.writes.transaction((manager) =>
          link(services, context, manager, { caller, deployed, verified }),
        );
        verified.afterCommit?.();
        return outcome;
      },
      // A double click is such a race: the second request finds the identity that the first has just linked.
      (error, tries) =>
        error instanceof StaleVerificationError ||
        (tries === 1 && error instanceof PasserbyError && error.code === "PROVIDER_ALREADY_LINKED"),
    ),
);

async function link(
  services: LoginServices,
  context: RequestContext,
  manager: EntityManager,
  request: { caller: Caller; deployed: DeployedProvider; verified: VerifiedIdentity },
): Promise<LinkOutcome> {
  const { deployed, verified } = request;
  const { provider } = deployed;
  const caller = await lockCaller(manager, request.caller);
  // A session of an API key does not show that its owner is present.
  if (caller.session.identityId !== null) throw new PasserbyError("REAUTHENTICATION_REQUIRED");
  await verified.recheck?.(manager);
  const found = await findOwner(services, manager, { provider: provider.name, verified });
  // The caller's own email, which another provider has confirmed: this identity is new.
  const owner = found?.isByEmail && found.userId === caller.user.id ? null : found;
  const decision = decideLink({
    caller: caller.user,
    owner,
    // An unconfirmed email is replaced: it may be mistyped.
    callerHasProvider: await manager.existsBy(Identity, {
      userId: caller.user.id,
      provider: provider.name,
      canSignIn: true,
    }),
    onePerUser: provider.onePerUser,
  });
  if (decision === "ALREADY_LINKED") throw new PasserbyError("PROVIDER_ALREADY_LINKED");
  if (owner && (decision === "IN_USE" || decision === "OFFER_MERGE")) {
    // An unconfirmed email does not show that the caller owns the account.
    if (verified.canSignIn === false) throw new PasserbyError("EMAIL_NOT_CONFIRMED");
    if (decision === "IN_USE") throw new PasserbyError("IDENTITY_IN_USE");
    const conflict = await issueMergeTicket(services, manager, { caller, deployed, owner, verified });
    await recordEvents(manager, services, context, mergeOffered(caller, provider.name));
    return { linked: null, conflict };
  }
  // A linked identity outlives the session that adds it, so an unattended device must not be enough.
  if (decision !== "ATTACH") return { linked: authenticate(services, caller), conflict: null };
  requireRecentLogin(services, caller);
  const { user, identity } = await attach(services, context, manager, { caller, deployed, verified });
  const promoted = caller.user.isAnonymous ? await promote(services, context, manager, caller) : null;
  const linked = { user, session: promoted?.session ?? caller.session };
  const event = identityLinked(linked, {
    identity,
    promoted: promoted && { createdAt: user.createdAt, sessionsEnded: promoted.sessionsEnded },
    changed: changesOf(caller.user, user),
  });
  await recordEvents(manager, services, context, event);
  return { linked: authenticate(services, linked), conflict: null };
}

/** @returns the user after the change */
async function attach(
  services: LoginServices,
  context: RequestContext,
  manager: EntityManager,
  { caller, deployed, verified }: { caller: Caller; deployed: DeployedProvider; verified: VerifiedIdentity },
): Promise<{ user: User; identity: Identity }> {
  const { user } = caller;
  const now = services.clock.now();
  const profile = mergeProfiles(user.profile, verified.profile);
  const identity = planIdentity({ userId: user.id, provider: deployed.provider.name, verified, now });
  const replaced = deployed.provider.onePerUser ? await findUnconfirmed(manager, identity, verified) : [];
  await deleteIdentities(manager, services, context, replaced);
  await insertRows(manager, { entity: Identity, rows: [identity] });
  await verified.attach?.(manager, identity.id);
  await execute(manager, "UPDATE users SET is_anonymous = ?, profile = ? WHERE id = ?", [
    false,
    profile && JSON.stringify(profile),
    user.id,
  ]);
  return { user: Object.assign(new User(), user, { isAnonymous: false, profile }), identity };
}

/**
 * Promotes an anonymous user. Its tokens may have been copied, and a copy must not give access to the account: every
 * other session ends, and the current refresh token stays valid for the grace only.
 */
async function promote(
  services: LoginServices,
  context: RequestContext,
  manager: EntityManager,
  { user, session }: Caller,
): Promise<{ session: Session; sessionsEnded: number }> {
  const { clock, policy } = services;
  const now = clock.now();
  const others = { userId: user.id, except: session.id, reason: "PROMOTED" } as const;
  const sessionsEnded = await endSessionsOf(manager, services, context, others);
  const expiresAt = secondsAfter(now, policy.refreshTokenDays * DAY_SECONDS);
  // Incremented by the database: a refresh does not lock the user, so it may run at the same time.
  const renewed = await execute(
    manager,
    `UPDATE sessions SET refresh_generation = refresh_generation + 1, rotated_at = ?, last_seen_at = ?, expires_at = ?
     WHERE id = ? AND ended_at IS NULL`,
    [+now, +now, +expiresAt, session.id],
  );
  const promoted = renewed > 0 ? await manager.findOneBy(Session, { id: session.id }) : null;
  if (!promoted) throw new PasserbyError("UNAUTHENTICATED");
  return { session: promoted, sessionsEnded };
}

/**
 * The unconfirmed email that the new one replaces, by the id of its identity.
 * @throws StaleVerificationError when it is the same email, which the first request of a double click has linked
 */
async function findUnconfirmed(
  manager: EntityManager,
  { userId, provider, email }: Identity,
  { replacedIdentityId = null }: VerifiedIdentity,
): Promise<string[]> {
  const unconfirmed = await manager.findOneBy(Identity, { userId, provider, canSignIn: false });
  if (!unconfirmed) return [];
  if (unconfirmed.email === email && unconfirmed.id !== replacedIdentityId)
    throw new StaleVerificationError();
  return [unconfirmed.id];
}
