/** New users and identities, decided before anything is stored, and their profiles. */
import { Identity } from "../../entities/identity.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import type { UserChange } from "../../events/domain-events.ts";
import { createId } from "../../ids.ts";
import type { RequestContext } from "../../request-context.ts";
import { profileProblem } from "../../text/storable-profile.ts";
import type { VerifiedIdentity } from "../provider.ts";
import { planSession, type SessionServices } from "../sessions/sessions.ts";

/** Everything about a new user, decided before anything is stored. Without a verified identity the user is anonymous. */
export function planNewUser(
  services: SessionServices,
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
