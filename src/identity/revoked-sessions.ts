/**
 * The list of sessions that ended while access tokens of them may be unexpired: signed, short and cacheable, for consumers
 * that verify tokens by themselves. What it costs does not depend on how many ask.
 */
import type { EntityManager } from "typeorm";
import { type Clock, secondsAfter } from "../clock.ts";
import { select } from "../database/sql.ts";
import { hashSecret } from "../vault.ts";
import { CLOCK_SKEW_SECONDS, type IdentityPolicy } from "./policy.ts";
import { createJwtSigner } from "./sign-jwt.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { toSeconds } from "./tokens.ts";

export const REVOKED_SESSIONS_TYPE = "revoked-sessions+jwt";
/** A consumer that follows the list refuses a token this long after its session ended, at the latest. */
export const REVOKED_SESSIONS_SECONDS = 30;
/** How often one gateway looks into the database. */
const LOOK_SECONDS = 5;
/** How long a consumer that reaches no gateway may go by its last list. */
const LIST_SECONDS = 300;
/** About 400 kB. */
const MOST_LISTED = 20_000;
/** 66 bits of a session's hash are enough to tell it from the others. */
const HASH_CHARACTERS = 11;

export interface RevokedSessionsDocument {
  /** A JWT of type `revoked-sessions+jwt`. */
  readonly jwt: string;
  /** Changes when what is listed does, and when the list is signed anew. */
  readonly etag: string;
  readonly maxAgeSeconds: number;
}

export interface RevokedSessions {
  read(): Promise<RevokedSessionsDocument>;
}

interface Dependencies {
  readonly reads: EntityManager;
  readonly clock: Clock;
  readonly policy: Pick<IdentityPolicy, "issuer">;
  readonly signingKeys: SigningKeys;
  /** Above it the list says that it is not complete. */
  readonly mostListed?: number;
}

export function createRevokedSessions({
  reads,
  clock,
  policy,
  signingKeys,
  mostListed = MOST_LISTED,
}: Dependencies): RevokedSessions {
  const signJwt = createJwtSigner(signingKeys, REVOKED_SESSIONS_TYPE);
  let current: { jwt: string; etag: string; content: string; signedAt: Date; lookedAt: Date } | null = null;
  let looking: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const now = clock.now();
    const since = secondsAfter(now, -(signingKeys.longestTokenSeconds() + CLOCK_SKEW_SECONDS));
    const ids = await findRevoked(reads, { since, limit: mostListed + 1 });
    const content = hashSecret([signingKeys.current().kid, ...ids].join());
    // The same answer, so that its ETag saves the way; but signed anew long before it is too old to be believed.
    const isYoung = current !== null && now < secondsAfter(current.signedAt, LIST_SECONDS / 2);
    if (current && isYoung && current.content === content) {
      current.lookedAt = now;
      return;
    }
    const jwt = signJwt({
      iss: policy.issuer,
      iat: toSeconds(now),
      exp: toSeconds(secondsAfter(now, LIST_SECONDS)),
      complete: ids.length <= mostListed,
      sessions: ids.slice(0, mostListed).map((id) => hashSecret(id).slice(0, HASH_CHARACTERS)),
    });
    current = { jwt, content, etag: `"${hashSecret(jwt).slice(0, 22)}"`, signedAt: now, lookedAt: now };
  };

  return {
    async read() {
      if (!current || clock.now() >= secondsAfter(current.lookedAt, LOOK_SECONDS)) {
        looking ??= look().finally(() => {
          looking = null;
        });
        await looking;
      }
      if (!current) throw new Error("The list of revoked sessions was not made.");
      const { jwt, etag, lookedAt } = current;
      const ageSeconds = Math.floor((+clock.now() - +lookedAt) / 1_000);
      return { jwt, etag, maxAgeSeconds: Math.max(0, REVOKED_SESSIONS_SECONDS - ageSeconds) };
    },
  };
}

const ENDED = "SELECT id FROM sessions WHERE ended_at > ? ORDER BY ended_at DESC LIMIT ?";
const REMOVED = "SELECT id FROM removed_sessions WHERE ended_at > ? ORDER BY ended_at DESC LIMIT ?";
/** Nobody gets a token while disabled: those of a user who was disabled before that are over. */
const DISABLED = `SELECT s.id FROM users u JOIN sessions s ON s.user_id = u.id
  WHERE u.disabled_at > ? AND s.ended_at IS NULL ORDER BY u.disabled_at DESC LIMIT ?`;

/** Up to `limit` ids, each once. */
async function findRevoked(
  reads: EntityManager,
  { since, limit }: { since: Date; limit: number },
): Promise<string[]> {
  const ids = new Set<string>();
  for (const sql of [ENDED, REMOVED, DISABLED]) {
    const rows = await select<{ id: string }>(reads, sql, [+since, limit]);
    for (const { id } of rows) ids.add(id);
  }
  return [...ids].slice(0, limit);
}
