/**
 * The list of sessions that ended while access tokens of them may be unexpired: signed, short and cacheable, for consumers
 * that verify tokens by themselves. What it costs does not depend on how many ask.
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
/** A consumer that follows the list refuses a token this long after its session ended, at the latest. */
export const REVOKED_SESSIONS_SECONDS = 30;
/** How often one gateway looks into the database. */
const LOOK_SECONDS = 5;
/** How long a consumer that reaches no gateway may go by its last list. */
const LIST_SECONDS = 300;
/** About 900 kB. */
const MAX_LISTED = 50_000;
/** 66 bits of a hash are enough to tell one from the others. */
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

interface SignedList {
  readonly jwt: string;
  readonly etag: string;
  /** A hash of what is listed. */
  readonly content: string;
  readonly signedAt: Date;
  /** When the database was last read. */
  readonly lookedAt: Date;
}

interface Dependencies {
  readonly reads: EntityManager;
  readonly clock: Clock;
  readonly policy: Pick<IdentityPolicy, "issuer">;
  readonly signingKeys: SigningKeys;
  /** Above it the sessions of one user are put together; where that is not enough, the list is not complete. */
  readonly mostListed?: number;
}

export function createRevokedSessions({
  reads,
  clock,
  policy,
  signingKeys,
  mostListed = MAX_LISTED,
}: Dependencies): RevokedSessions {
  const signJwt = createJwtSigner(signingKeys, REVOKED_SESSIONS_TYPE);
  let last: SignedList | null = null;

  /** Of the list before: most of what is listed stays for half an hour. */
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

  const look = async (now: Date): Promise<SignedList> => {
    const since = endedSince(now, signingKeys.longestTokenSeconds());
    const { sessionIds, users, isComplete } = await findEndedSessions(reads, {
      since,
      now,
      limit: mostListed,
    });
    const content = hashSecret([signingKeys.current().kid, isComplete, ...users, ...sessionIds].join());
    // The same answer, so that its ETag saves the way; but signed anew long before it is too old to be believed.
    const isYoung = last !== null && now < secondsAfter(last.signedAt, LIST_SECONDS / 2);
    if (last && isYoung && last.content === content) {
      last = { ...last, lookedAt: now };
      return last;
    }
    const jwt = signJwt({
      iss: policy.issuer,
      iat: toSeconds(now),
      exp: toSeconds(secondsAfter(now, LIST_SECONDS)),
      // Consumers that do not know `users` must not take the rest for everything.
      complete: isComplete && users.length === 0,
      sessions: hashAll(sessionIds),
      ...(users.length > 0 && {
        completeWithUsers: isComplete,
        users: users.map(([id, before]) => [hashSecret(id).slice(0, HASH_CHARACTERS), before]),
      }),
    });
    last = { jwt, content, etag: `"${hashSecret(jwt).slice(0, 22)}"`, signedAt: now, lookedAt: now };
    return last;
  };
  const lists = createCache(look, { freshSeconds: LOOK_SECONDS });

  return {
    async read() {
      const { jwt, etag, lookedAt } = await lists.get(clock.now());
      const ageSeconds = Math.floor((+clock.now() - +lookedAt) / 1_000);
      return { jwt, etag, maxAgeSeconds: Math.max(0, REVOKED_SESSIONS_SECONDS - ageSeconds) };
    },
  };
}
