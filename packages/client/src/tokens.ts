/** Tokens of the session: asked for, refreshed, and replaced by those of a new guest when the session has ended. */
import type { TokenOptions } from "./contract.ts";
import { type AuthPayload, LOGIN_ANONYMOUS, REFRESH } from "./documents.ts";
import { type ErrorCode, isSessionEnded, isUnanswered, PasserbyError } from "./errors.ts";
import { MAX_REFRESH_MS, type Send } from "./gateway.ts";
import { guestKey } from "./guest-key.ts";
import { type Challenge, solveChallenge } from "./proof-of-work.ts";
import { retryUnanswered } from "./retry.ts";
import { type SessionKey, thumbprintOf } from "./session-key.ts";
import type { Item } from "./storage.ts";
import { isFresh, type Session, type Store, type StoredSession } from "./store.ts";
import { lifetimeMs } from "./token-claims.ts";

interface TokenServices {
  readonly store: Store;
  readonly send: Send;
  /** Runs changes one at a time in all tabs, after reading what is stored. Not reentrant. */
  readonly change: <Result>(act: () => Promise<Result>) => Promise<Result>;
  readonly pendingGuest: Item;
  readonly guests: boolean;
  readonly inCookie: boolean;
  readonly key: SessionKey | null;
}

const MAX_PROOFS = 4;

export type Tokens = ReturnType<typeof createTokens>;

export function createTokens({ store, send, change, pendingGuest, guests, inCookie, key }: TokenServices) {
  /** The refresh or login that is in progress; parallel calls share it. */
  let flight: Promise<void> | null = null;
  let isRecovering = false;
  /** Whether the browser may have a cookie that a server has set, or an earlier page. */
  let mayHaveCookie = inCookie;

  async function savePayload(payload: AuthPayload, notice: ErrorCode | null = null): Promise<Session> {
    const now = Date.now();
    mayHaveCookie = false;
    await store.save({
      userId: payload.user.id,
      isAnonymous: payload.user.isAnonymous,
      accessToken: payload.accessToken,
      refreshToken: payload.refreshToken,
      storedAt: now,
      // Before it expires, counted from its arrival.
      refreshAt: now + lifetimeMs(payload) * 0.9,
      notice,
      keyThumbprint: thumbprintOf(payload.accessToken),
    });
    return shownSession();
  }

  /** With the code that ended the session, if it was not the visitor who did. */
  const userChanged = (): PasserbyError =>
    new PasserbyError(store.state.notice ?? "UNAUTHENTICATED", "This user is no longer signed in.");

  const shownSession = (): Session => store.state.session ?? fail(userChanged());

  /**
   * For operations that the gateway repeats: once more when the response was lost. Both within the ten seconds in which a
   * refresh token still gives the same successor.
   */
  const sendTwice = (query: string, variables: object): Promise<{ result: AuthPayload }> => {
    const attempt = (): Promise<{ result: AuthPayload }> => send(query, variables, { maxMs: MAX_REFRESH_MS });
    return attempt().catch((error: unknown) => (isUnanswered(error) ? attempt() : fail(error)));
  };

  async function startGuest(notice: ErrorCode | null = null): Promise<void> {
    store.change({ isStarting: true, error: null });
    const key = await guestKey(pendingGuest);
    await savePayload(await loginWithProof(key), notice);
    await pendingGuest.write(null);
  }

  /** While guests are created faster than usual, the gateway asks for work; again, if that was too slow or too easy. */
  async function loginWithProof(key: string | null): Promise<AuthPayload> {
    let proof: string | null = null;
    for (let attempts = 1; ; attempts++) {
      try {
        return (await sendTwice(LOGIN_ANONYMOUS, { key, proof })).result;
      } catch (error) {
        if (!hasCode(error, "PROOF_OF_WORK_REQUIRED") || attempts === MAX_PROOFS) throw error;
        proof = await solveChallenge((error as PasserbyError).extensions.challenge as Challenge);
        if (!proof) throw error;
      }
    }
  }

  async function refresh(session: StoredSession | null): Promise<void> {
    try {
      await requireKey(session);
      const { result } = await sendTwice(REFRESH, { token: session?.refreshToken ?? null });
      await store.load();
      // This tab was frozen, and another one continued without it.
      if (session && store.current?.refreshToken !== session.refreshToken) return;
      await savePayload(result, session?.notice);
    } catch (error) {
      if (!isSessionEnded(error)) throw error;
      mayHaveCookie = false;
      // Without a session there was no cookie either, and this is a new visitor.
      await replaceSession(session && error.code);
      if (session) throw error;
    }
  }

  const hasKey = async ({ keyThumbprint }: StoredSession): Promise<boolean> =>
    !key || keyThumbprint === null || (await key.identify()).thumbprint === keyThumbprint;

  /** A session whose key was deleted, without its tokens, has ended: no proof for it can be made any more. */
  async function requireKey(session: StoredSession | null): Promise<void> {
    if (!key || !session || (await hasKey(session))) return;
    // Where keys cannot be stored now, it may be readable again later.
    const code = (await key.identify()).isStored ? "KEY_LOST" : "KEY_UNAVAILABLE";
    throw new PasserbyError(code, "This browser does not have the key of the session.");
  }

  /** A new guest follows a session that has ended. */
  async function replaceSession(notice: ErrorCode | null): Promise<void> {
    if (!guests) return endSession(notice);
    try {
      await startGuest(notice);
    } catch (error) {
      await endSession(notice);
      noteFailure(error);
    }
  }

  async function endSession(notice: ErrorCode | null = null): Promise<void> {
    await store.save(null);
    store.change({ isStarting: false, notice });
  }

  /** Makes the stored access token one that can be sent, unless another tab has done so. Requires the lock. */
  async function renew(rejected?: string): Promise<void> {
    const session = store.current;
    if (session && isFresh(session) && session.accessToken !== rejected && (await hasKey(session))) return;
    if (session || mayHaveCookie) return refresh(session);
    return startGuest();
  }

  const renewShared = (rejected?: string): Promise<void> => {
    flight ??= change(() => renew(rejected))
      .then(
        () => store.change({ isOffline: false, error: null }),
        (error: unknown) => {
          noteFailure(error);
          throw error;
        },
      )
      .finally(() => {
        flight = null;
      });
    return flight;
  };

  const noteAttempt = (isAnswered: boolean): void => store.change({ isOffline: !isAnswered });

  function noteFailure(error: unknown): void {
    if (isUnanswered(error)) recover(error);
    else if (!store.current && error instanceof PasserbyError) store.change({ isStarting: false, error });
  }

  /** Continues what a token was asked for in vain, until there is one. */
  function recover(failure: unknown): void {
    noteAttempt(false);
    if (isRecovering) return;
    isRecovering = true;
    let isFirst = true;
    retryUnanswered(async () => {
      if (!isFirst) return renewShared();
      isFirst = false;
      throw failure;
    }, noteAttempt)
      .catch(() => {})
      .finally(() => {
        isRecovering = false;
      });
  }

  async function getAccessToken({ rejected, guest = true }: TokenOptions = {}): Promise<string | null> {
    await store.load();
    const owner = rejected ? store.ownerOf(rejected) : undefined;
    for (let attempts = 0; ; attempts++) {
      const session = store.current;
      if (owner !== undefined && session?.userId !== owner) throw userChanged();
      if (session && isFresh(session) && session.accessToken !== rejected && (await hasKey(session)))
        return session.accessToken;
      if (!session && !(guests && guest) && !mayHaveCookie) return null;
      // Another flight may have been for another token. A third would change nothing.
      if (attempts === 2) return session?.accessToken ?? fail(userChanged());
      await renewShared(rejected ?? undefined);
    }
  }

  /** Sends with the user's token, which is refreshed when it is rejected. Requires the lock. */
  async function sendAsUser<Data>(query: string, variables: object): Promise<Data> {
    const userId = store.current?.userId;
    const tokenOf = (): string => {
      const session = store.current;
      // What was meant for the previous user is not sent as the guest who followed.
      if (!session?.accessToken || (userId !== undefined && session.userId !== userId)) throw userChanged();
      return session.accessToken;
    };
    await renew();
    const token = tokenOf();
    try {
      return await send<Data>(query, variables, { token });
    } catch (error) {
      if (!hasCode(error, "UNAUTHENTICATED")) throw error;
      await renew(token);
      return send<Data>(query, variables, { token: tokenOf() });
    }
  }

  /** Like `change`, for a step that the visitor took as the user who is signed in now. */
  function changeAsUser<Result>(act: () => Promise<Result>): Promise<Result> {
    const userId = store.current?.userId;
    return change(() => {
      if (userId !== undefined && store.current?.userId !== userId) throw userChanged();
      return act();
    });
  }

  return {
    savePayload,
    shownSession,
    startGuest,
    refresh,
    endSession,
    recover,
    noteAttempt,
    getAccessToken,
    sendAsUser,
    changeAsUser,
  };
}

export const hasCode = (error: unknown, code: ErrorCode): boolean =>
  error instanceof PasserbyError && error.code === code;

export function fail(error: unknown): never {
  throw error;
}
