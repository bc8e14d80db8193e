/**
 * Merging: an anonymous user becomes part of an existing permanent user. It needs two credentials: the session of the
 * anonymous user, and the merge ticket that this session got for verifying an identity of the other.
 */

import { randomBytes } from "node:crypto";
import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { execute } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { FormerUserId } from "../../entities/former-user-id.ts";
import { Identity } from "../../entities/identity.ts";
import { MergeTicket } from "../../entities/merge-ticket.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { userMerged } from "../../events/domain-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { type ProviderServices, withProvider } from "../enabled-provider.ts";
import type { IdentityOwner } from "../login/identity-owner.ts";
import { changesOf, mergeProfiles } from "../login/planned-user.ts";
import { type DeployedProvider, StaleVerificationError, type VerifiedIdentity } from "../provider.ts";
import { deleteUsers } from "../revocation/deletions.ts";
import { endSessionsOf } from "../sessions/end-sessions.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import { lockUser } from "../sessions/lock-user.ts";
import { endOldestSessions } from "../sessions/session-cap.ts";
import {
  type Authentication,
  authenticate,
  type Caller,
  findCaller,
  planSession,
  type SessionServices,
} from "../sessions/sessions.ts";

/** Long enough to ask the visitor, short enough that the verification behind it is recent. */
const TICKET_SECONDS = 600;
const TICKET_PREFIX = "pbm_";

export interface MergeOffer {
  readonly provider: string;
  readonly mergeTicket: string;
  readonly expiresAt: Date;
}

/**
 * Lets the caller's session merge into the owner of the identity that it has just verified.
 * @throws PasserbyError USER_DISABLED when the owner is disabled
 * @throws StaleVerificationError when the owner was deleted meanwhile
 */
export async function issueMergeTicket(
  { clock }: Pick<SessionServices, "clock">,
  manager: EntityManager,
  {
    caller,
    deployed,
    owner,
    verified,
  }: { caller: Caller; deployed: DeployedProvider; owner: IdentityOwner; verified: VerifiedIdentity },
): Promise<MergeOffer> {
  const user = await manager.findOneBy(User, { id: owner.userId });
  if (!user) throw new StaleVerificationError();
  if (user.disabledAt) throw new PasserbyError("USER_DISABLED");
  const mergeTicket = TICKET_PREFIX + randomBytes(32).toString("base64url");
  const row: MergeTicket = {
    hash: hashSecret(mergeTicket),
    sessionId: caller.session.id,
    identityId: owner.identityId,
    provider: deployed.provider.name,
    settingsFingerprint: deployed.settingsFingerprint,
    countsAsRecent: verified.countsAsRecentLogin ?? true,
    expiresAt: secondsAfter(clock.now(), TICKET_SECONDS),
  };
  await insertRows(manager, { entity: MergeTicket, rows: [row] });
  return { provider: deployed.provider.name, mergeTicket, expiresAt: row.expiresAt };
}

/**
 * Merges the caller's anonymous user into the user whose identity the ticket is for, in one transaction: all of it, or
 * nothing.
 * @returns a new session of the survivor
 * @throws PasserbyError MERGE_TICKET_INVALID when it was used, has expired, belongs to another session or never existed,
 *   PROVIDER_DISABLED, USER_DISABLED when the survivor is disabled, UNAUTHENTICATED when the caller's session has ended
 */
export async function mergeUser(
  services: SessionServices & ProviderServices,
  context: RequestContext,
  { caller, mergeTicket }: { caller: Caller; mergeTicket: string },
): Promise<Authentication> {
  const { reads, clock } = services;
  const hash = hashSecret(mergeTicket);
  const ticket = await reads.findOneBy(MergeTicket, { hash, sessionId: caller.session.id });
  const identity = ticket && (await reads.findOneBy(Identity, { id: ticket.identityId }));
  if (!identity || ticket.expiresAt <= clock.now()) {
    // A merge at the same time may have used the ticket, and ended the session with it.
    const current = await findCaller(reads, caller.session.id);
    throw new PasserbyError(current && !current.session.endedAt ? "MERGE_TICKET_INVALID" : "UNAUTHENTICATED");
  }
  return redeem(services, context, { provider: ticket.provider ?? identity.provider, caller, ticket });
}

const redeem = withProvider(
  recordFailures(
    ({ caller, deployed }: MergeRequest) => ({
      action: "USER_MERGED",
      userId: caller.user.id,
      provider: deployed.provider.name,
    }),
    async (
      services: SessionServices,
      context: RequestContext,
      request: MergeRequest,
    ): Promise<Authentication> => {
      if (request.ticket.settingsFingerprint !== request.deployed.settingsFingerprint) {
        throw new PasserbyError("MERGE_TICKET_INVALID");
      }
      const survivor = await services.writes.transaction((manager) =>
        merge(services, context, manager, request),
      );
      return authenticate(services, survivor);
    },
  ),
);

interface MergeRequest {
  readonly caller: Caller;
  /** As it was read; whether it is still good is decided in the transaction. */
  readonly ticket: MergeTicket;
  readonly deployed: DeployedProvider;
}

async function merge(
  services: SessionServices,
  context: RequestContext,
  manager: EntityManager,
  { caller, ticket, deployed }: MergeRequest,
): Promise<Caller> {
  const now = services.clock.now();
  // Lock order: the anonymous user before the permanent one, everywhere, so that there are no deadlocks.
  const { user, session: asked } = await lockCaller(manager, caller);
  if (!user.isAnonymous) throw new PasserbyError("MERGE_TICKET_INVALID");
  const survivor = await lockOwner(manager, ticket.identityId);
  const consumed = await execute(
    manager,
    "DELETE FROM merge_tickets WHERE hash = ? AND session_id = ? AND expires_at > ?",
    [ticket.hash, asked.id, +now],
  );
  if (consumed === 0) throw new PasserbyError("MERGE_TICKET_INVALID");
  if (survivor.disabledAt) throw new PasserbyError("USER_DISABLED");

  const profile = mergeProfiles(user.profile, survivor.profile);
  const guest = { userId: user.id, reason: "PROMOTED" } as const;
  await endSessionsOf(manager, services, context, guest);
  await moveEverything(manager, { from: user.id, to: survivor.id, now });
  await execute(manager, "UPDATE users SET last_login_at = ?, profile = ? WHERE id = ?", [
    +now,
    profile && JSON.stringify(profile),
    survivor.id,
  ]);
  await execute(manager, "UPDATE identities SET last_used_at = ? WHERE id = ?", [+now, ticket.identityId]);
  const merged = Object.assign(new User(), survivor, { lastLoginAt: now, profile });
  await endOldestSessions(manager, services, context, { userId: merged.id });
  const session = planSession(services, context, {
    user: merged,
    provider: deployed.provider.name,
    countsAsRecent: ticket.countsAsRecent,
  });
  await insertRows(manager, { entity: Session, rows: [session] });
  const result = { user: merged, session };
  await deleteUsers(manager, services, context, {
    ids: [user.id],
    eventOf: () => userMerged(result, { formerUser: user, changed: changesOf(survivor, merged) }),
  });
  return result;
}

/** @throws PasserbyError MERGE_TICKET_INVALID when the identity was unlinked or its user deleted */
async function lockOwner(manager: EntityManager, identityId: string): Promise<User> {
  const identity = await manager.findOneBy(Identity, { id: identityId });
  const owner = identity && (await lockUser(manager, identity.userId));
  const isStillTheirs = owner && (await manager.existsBy(Identity, { id: identityId, userId: owner.id }));
  if (!isStillTheirs) throw new PasserbyError("MERGE_TICKET_INVALID");
  return owner;
}

/** Moves identities, former ids and ended sessions to the survivor; the tokens of these get SESSION_REVOKED. */
async function moveEverything(
  manager: EntityManager,
  { from, to, now }: { from: string; to: string; now: Date },
): Promise<void> {
  await execute(manager, "UPDATE identities SET user_id = ? WHERE user_id = ?", [to, from]);
  await execute(manager, "UPDATE former_user_ids SET user_id = ? WHERE user_id = ?", [to, from]);
  await insertRows(manager, { entity: FormerUserId, rows: [{ id: from, userId: to, mergedAt: now }] });
  await execute(
    manager,
    "DELETE FROM merge_tickets WHERE session_id IN (SELECT id FROM sessions WHERE user_id = ?)",
    [from],
  );
  await execute(
    manager,
    "UPDATE sessions SET user_id = ?, expires_at = COALESCE(expires_at, ?) WHERE user_id = ?",
    [to, +now, from],
  );
}
