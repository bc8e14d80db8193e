/** Linking: an identity is added to the caller's user, whose id, session and refresh token go on. */
import { DAY_SECONDS, secondsAfter } from "../clock.ts";
import { isUniqueViolation } from "../database/failures.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute } from "../database/sql.ts";
import { Identity } from "../entities/identity.ts";
import { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import {
  findIdentity,
  type IdentityOwner,
  type LoginServices,
  mergeProfiles,
  planIdentity,
  proveWithinLimits,
} from "./login.ts";
import type { DeployedProvider, Proof } from "./provider.ts";
import { type Authentication, authenticate, type Caller, type Origin } from "./sessions.ts";

export type LinkDecision = "ATTACH" | "ALREADY_MINE" | "ALREADY_LINKED" | "IN_USE";

/** What a right proof leads to, decided from facts alone. */
export function decideLink(facts: {
  callerId: string;
  /** null when the identity is free. */
  owner: Pick<IdentityOwner, "userId"> | null;
  callerHasProvider: boolean;
  onePerUser: boolean;
}): LinkDecision {
  if (facts.owner?.userId === facts.callerId) return "ALREADY_MINE";
  if (facts.onePerUser && facts.callerHasProvider) return "ALREADY_LINKED";
  return facts.owner ? "IN_USE" : "ATTACH";
}

const MOST_TRIES = 5;

/**
 * Links an identity to the caller.
 * @throws PasserbyError RATE_LIMITED, INVALID_CREDENTIALS, WEAK_PASSWORD, PROVIDER_ALREADY_LINKED, IDENTITY_IN_USE,
 *   UNAUTHENTICATED when the caller's user is deleted, or expires, at this very moment
 */
export async function linkIdentity(
  services: LoginServices,
  request: { caller: Caller; deployed: DeployedProvider; credentials: unknown; origin: Origin },
): Promise<Authentication> {
  for (let tries = 1; ; tries++) {
    const proof = await proveWithinLimits(services, { ...request, purpose: "link" });
    try {
      return await link(services, { ...request, proof });
    } catch (error) {
      // Somebody linked or registered the same a moment ago: prove and decide again with what is true now.
      if (!isUniqueViolation(error) || tries >= MOST_TRIES) throw error;
    }
  }
}

async function link(
  services: LoginServices,
  { caller, deployed, proof }: { caller: Caller; deployed: DeployedProvider; proof: Proof },
): Promise<Authentication> {
  const { writes, clock, policy } = services;
  const { provider } = deployed;
  const now = clock.now();
  const sessionEnd = secondsAfter(now, policy.refreshTokenDays * DAY_SECONDS);
  const profile = mergeProfiles(caller.user.profile, proof.profile);

  const linked = await writes.transaction(async (manager): Promise<Caller> => {
    // Takes the user's row first: expiry, deletion and other links of the same user wait, or have won.
    const isThere = await execute(
      manager,
      "UPDATE users SET is_anonymous = is_anonymous WHERE id = ? AND disabled_at IS NULL",
      [caller.user.id],
    );
    if (isThere === 0) throw new PasserbyError("UNAUTHENTICATED");
    const decision = decideLink({
      callerId: caller.user.id,
      owner: await findIdentity(manager, provider.name, proof.subject),
      callerHasProvider: await manager.existsBy(Identity, {
        userId: caller.user.id,
        provider: provider.name,
      }),
      onePerUser: provider.onePerUser,
    });
    if (decision === "ALREADY_MINE") return caller;
    if (decision === "ALREADY_LINKED") throw new PasserbyError("PROVIDER_ALREADY_LINKED");
    if (decision === "IN_USE") throw new PasserbyError("IDENTITY_IN_USE");

    const identity = planIdentity({ userId: caller.user.id, provider: provider.name, proof, now });
    await insertRows(manager, { entity: Identity, rows: [identity] });
    await proof.attach?.(manager, identity.id);
    await execute(manager, "UPDATE users SET is_anonymous = ?, profile = ? WHERE id = ?", [
      false,
      profile && JSON.stringify(profile),
      caller.user.id,
    ]);
    await execute(manager, "UPDATE sessions SET expires_at = ? WHERE user_id = ? AND expires_at IS NULL", [
      +sessionEnd,
      caller.user.id,
    ]);
    return {
      user: Object.assign(new User(), caller.user, { isAnonymous: false, profile }),
      session: { ...caller.session, expiresAt: caller.session.expiresAt ?? sessionEnd },
    };
  });
  return authenticate(services, linked);
}
