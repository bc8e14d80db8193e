/**
 * The revocation list: sessions that ended while their access tokens may be unexpired. It is signed, short and cached, for
 * consumers that verify tokens by themselves; its cost does not depend on the number of requests.
 */
import type { EntityManager } from "typeorm";
import { createCache } from "../../cache.ts";
import { type Clock, secondsAfter } from "../../clock.ts";
import { hashSecret } from "../../encryption.ts";
import type { IdentityPolicy } from "../policy.ts";
import { createJwtSigner } from "../tokens/sign-jwt.ts";
import type { SigningKeys } from "../tokens/signing-keys.ts";
import { toSeconds } from "../tokens/tokens.ts";
import { endedSince, findEndedSessions } from "./ended-sessions.ts";

export const REVOKED_SESSIONS_TYPE = "revoked-sessions+jwt";
/** A consumer that follows the list rejects a token at most this long after its session ended. */
export const REVOKED_SESSIONS_SECONDS = 30;
/** How often a gateway reads the database for it. */
const READ_SECONDS = 5;
/** How long a consumer that reaches no gateway may use its last list. */
const LIST_SECONDS = 300;
/** About 900 kB. */
const MAX_LISTED = 50_000;
/** 66 bits of the hash are enough to avoid collisions. */
const HASH_CHARACTERS = 11;

export interface RevokedSessionsDocument {
  /** A JWT of type `revoked-sessions+jwt`. */
  readonly jwt: string;
  /** Changes when the content does, and when the list is signed again. */
  readonly etag: string;
  readonly maxAgeSeconds: number;
}

export interface RevokedSessions {
  read(): Promise<RevokedSessionsDocument>;
}

interface SignedList {
  readonly jwt: string;
  readonly etag: string;
  /** A hash of the content. */
  readonly content: string;
  readonly signedAt: Date;
  /** When the database was last read. */
  readonly readAt: Date;
}

interface Dependencies {
  readonly reads: EntityManager;
  readonly clock: Clock;
  readonly policy: Pick<IdentityPolicy, "issuer">;
  readonly signingKeys: SigningKeys;
  /** Above this, sessions are grouped by user; if there are still more, the list is incomplete. */
  readonly maxListed?: number;
}

export function createRevokedSessions({
  reads,
  clock,
  policy,
  signingKeys,
  maxListed = MAX_LISTED,
}: Dependencies): RevokedSessions {
  const signJwt = createJwtSigner(signingKeys, REVOKED_SESSIONS_TYPE);
  let last: SignedList | null = null;

  /** Of the previous list: most entries stay for half an hour. */
  let hashes = new Map<string, string>();
  const hashAll = (ids: readonly string[]): string[] => {
    const before = hashes;
    hashes = new Map();
    return ids.map((id) => {
      const hash = before.get(id) ?? hashSecret(id).slice(0, HASH_CHARACTERS);
      hashes.set(id, hash);
      return hash;
    });
  };

  const readList = async (now: Date): Promise<SignedList> => {
    const since = endedSince(now, signingKeys.longestTokenSeconds());
    const { sessionIds, users, isComplete } = await findEndedSessions(reads, {
      since,
      now,
      limit: maxListed,
    });
    const content = hashSecret([signingKeys.current().kid, isComplete, ...users, ...sessionIds].join());
    // An unchanged list is reused, so that its ETag matches, but is signed again long before it expires.
    const isYoung = last !== null && now < secondsAfter(last.signedAt, LIST_SECONDS / 2);
    if (last && isYoung && last.content === content) {
      last = { ...last, readAt: now };
      return last;
    }
    const jwt = signJwt({
      iss: policy.issuer,
      iat: toSeconds(now),
      exp: toSeconds(secondsAfter(now, LIST_SECONDS)),
      // Consumers that do not know `users` must not treat `sessions` as complete.
      complete: isComplete && users.length === 0,
      sessions: hashAll(sessionIds),
      ...(users.length > 0 && {
        completeWithUsers: isComplete,
        users: users.map(([id, before]) => [hashSecret(id).slice(0, HASH_CHARACTERS), before]),
      }),
    });
    last = { jwt, content, etag: `"${hashSecret(jwt).slice(0, 22)}"`, signedAt: now, readAt: now };
    return last;
  };
  const lists = createCache(readList, { freshSeconds: READ_SECONDS });

  return {
    async read() {
      const { jwt, etag, readAt } = await lists.get(clock.now());
      const ageSeconds = Math.floor((+clock.now() - +readAt) / 1_000);
      return { jwt, etag, maxAgeSeconds: Math.max(0, REVOKED_SESSIONS_SECONDS - ageSeconds) };
    },
  };
}
