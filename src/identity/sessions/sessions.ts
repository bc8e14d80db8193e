/** Sessions: creating one, finding its user and checking its expiry. login/ decides whether a session may start. */
import type { EntityManager } from "typeorm";
import { type Clock, DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { select } from "../../database/sql.ts";
import type { Writes } from "../../database/writes.ts";
import { Session } from "../../entities/session.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import type { EventServices } from "../../events/record-events.ts";
import { createId } from "../../ids.ts";
import type { RequestContext } from "../../request-context.ts";
import { cleanText } from "../../text/storable-text.ts";
import { sessionExpiresAt } from "../lifetimes.ts";
import type { IdentityPolicy } from "../policy.ts";
import type { Tokens } from "../tokens/tokens.ts";
import { asBearer, type Presentation, requirePossession, requireProofForLogin } from "./key-binding.ts";

/** A user who is logged in, and the session of the access token. */
export interface Caller {
  readonly user: User;
  readonly session: Session;
}

/** The result of a login, a link or a refresh. */
export interface Authentication extends Caller {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date | null;
}

export interface SessionServices extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly policy: IdentityPolicy;
  readonly tokens: Tokens;
}

const MAX_USER_AGENT = 512;

/**
 * Creates a session in memory; the caller stores its row. A proof of possession binds it to the client's key.
 * @throws PasserbyError DPOP_REQUIRED
 */
export function planSession(
  { clock, policy }: Pick<SessionServices, "clock" | "policy">,
  context: RequestContext,
  {
    user,
    provider,
    identityId = null,
    countsAsRecent = true,
  }: { user: User; provider: string; identityId?: string | null; countsAsRecent?: boolean | undefined },
): Session {
  requireProofForLogin(policy, context, user);
  const now = clock.now();
  const { client, proof } = context;
  return {
    id: createId(now),
    userId: user.id,
    provider,
    identityId,
    countsAsRecent,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: user.isAnonymous ? null : secondsAfter(now, policy.refreshTokenDays * DAY_SECONDS),
    refreshGeneration: 0,
    rotatedAt: null,
    endedAt: null,
    userAgent: client.userAgent === null ? null : cleanText(client.userAgent, MAX_USER_AGENT),
    ipAddress: client.ipAddress,
    keyThumbprint: proof?.thumbprint ?? null,
  };
}

/** Issues the tokens of a stored session. */
export function authenticate(
  { tokens, policy }: Pick<SessionServices, "tokens" | "policy">,
  caller: Caller,
): Authentication {
  return {
    ...caller,
    ...tokens.issueAccessToken(caller.user, caller.session),
    refreshToken: tokens.deriveRefreshToken(caller.session.id, caller.session.refreshGeneration),
    refreshTokenExpiresAt: sessionExpiresAt(caller, policy),
  };
}

/** A row of `sessions`, as plain SQL returns it. */
export interface SessionRow {
  id: string;
  user_id: string;
  provider: string;
  identity_id: string | null;
  counts_as_recent: boolean | number;
  created_at: number;
  last_seen_at: number;
  expires_at: number | null;
  refresh_generation: number;
  rotated_at: number | null;
  ended_at: number | null;
  user_agent: string | null;
  ip_address: string | null;
  key_thumbprint: string | null;
}

interface CallerRow extends SessionRow {
  is_anonymous: boolean | number;
  user_created_at: number;
  last_login_at: number | null;
  disabled_at: number | null;
  profile: string | null;
}

const FIND_CALLER = `SELECT s.id, s.user_id, s.provider, s.identity_id, s.counts_as_recent, s.created_at, s.last_seen_at, s.expires_at,
  s.refresh_generation, s.rotated_at, s.ended_at, s.user_agent, s.ip_address, s.key_thumbprint,
  u.is_anonymous, u.created_at AS user_created_at, u.last_login_at, u.disabled_at, u.profile
  FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?`;

const time = (value: number): Date => new Date(value);
const timeOrNull = (value: number | null): Date | null => (value === null ? null : new Date(value));

/** One indexed read; null when the session does not exist. It may have ended. */
export async function findCaller(reads: EntityManager, sessionId: string): Promise<Caller | null> {
  const [row] = await select<CallerRow>(reads, FIND_CALLER, [sessionId]);
  if (!row) return null;
  const user = Object.assign(new User(), {
    id: row.user_id,
    isAnonymous: Boolean(row.is_anonymous),
    createdAt: time(row.user_created_at),
    lastLoginAt: timeOrNull(row.last_login_at),
    disabledAt: timeOrNull(row.disabled_at),
    profile: row.profile === null ? null : JSON.parse(row.profile),
  });
  return { user, session: toSession(row) };
}

export function toSession(row: SessionRow): Session {
  return Object.assign(new Session(), {
    id: row.id,
    userId: row.user_id,
    provider: row.provider,
    identityId: row.identity_id,
    countsAsRecent: Boolean(row.counts_as_recent),
    createdAt: time(row.created_at),
    lastSeenAt: time(row.last_seen_at),
    expiresAt: timeOrNull(row.expires_at),
    refreshGeneration: row.refresh_generation,
    rotatedAt: timeOrNull(row.rotated_at),
    endedAt: timeOrNull(row.ended_at),
    userAgent: row.user_agent,
    ipAddress: row.ip_address,
    keyThumbprint: row.key_thumbprint,
  });
}

const isExpired = (caller: Caller, now: Date, policy: IdentityPolicy): boolean => {
  const expiresAt = sessionExpiresAt(caller, policy);
  return expiresAt !== null && expiresAt <= now;
};

/**
 * The caller that an access token belongs to, as stored now.
 * @param presentation how the request presents the token; null when it only asks about it
 * @throws PasserbyError UNAUTHENTICATED, USER_DISABLED, and for bound sessions DPOP_REQUIRED, INVALID_DPOP_PROOF
 */
export async function resolveCaller(
  { reads, clock, policy, tokens }: Pick<SessionServices, "reads" | "clock" | "policy" | "tokens">,
  accessToken: string,
  presentation: Presentation | null = asBearer,
): Promise<Caller> {
  const claims = await tokens.verifyAccessToken(accessToken);
  const caller = await findCaller(reads, claims.sessionId);
  if (!caller || caller.session.endedAt || isExpired(caller, clock.now(), policy)) {
    throw new PasserbyError("UNAUTHENTICATED");
  }
  if (presentation) requirePossession(caller.session, accessToken, presentation);
  if (caller.user.disabledAt) throw new PasserbyError("USER_DISABLED");
  return caller;
}

/**
 * Sensitive operations need a recent login, so that an unattended device is not enough. A session of an API key never
 * counts, because it does not show that its owner is present. An anonymous user has no credentials to log in with again.
 * @throws PasserbyError REAUTHENTICATION_REQUIRED
 */
export function requireRecentLogin(
  { clock, policy }: Pick<SessionServices, "clock" | "policy">,
  { user, session }: Caller,
): void {
  const recentUntil = secondsAfter(session.createdAt, policy.recentLoginSeconds);
  if (user.isAnonymous) return;
  if (session.identityId !== null) {
    throw new PasserbyError("REAUTHENTICATION_REQUIRED", {
      message:
        "A login by an API key never counts as a recent login. Log in with another identity of this user, then repeat this step.",
    });
  }
  if (!session.countsAsRecent) {
    throw new PasserbyError("REAUTHENTICATION_REQUIRED", {
      message:
        "A login by a passkey without user verification (PIN, fingerprint or face) never counts as a recent login. Log in with another identity of this user; an operator can set the provider's `userVerification` to `required`.",
    });
  }
  if (clock.now() > recentUntil) throw new PasserbyError("REAUTHENTICATION_REQUIRED");
}
