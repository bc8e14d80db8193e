/**
 * The session, shared by all tabs of this browser. Independent of frameworks and GraphQL clients.
 *
 * All changes are made under one Web Lock: ten rejected requests in two tabs refresh once, and no tab overwrites newer
 * tokens with older ones. Web Locks require https or localhost.
 */
import { solveChallenge } from "@passerby/client/proof-of-work";
import { GatewayError, requestWithRetry } from "./gateway.ts";
import { retryOnNetworkError } from "./retry.ts";

export interface Session {
  readonly userId: string;
  readonly isAnonymous: boolean;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When to refresh before the next request, in milliseconds of this device's clock, which may be wrong. */
  readonly refreshAt: number;
  /** The error code that ended the previous session, until the user dismisses the notice. */
  readonly notice: string | null;
}

export interface AuthPayload {
  readonly user: { readonly id: string; readonly isAnonymous: boolean };
  readonly session: { readonly lastSeenAt: string };
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
}

/** The selection set of every mutation that returns an AuthPayload. */
export const PAYLOAD = `
  user { id isAnonymous } session { lastSeenAt } accessToken accessTokenExpiresAt refreshToken`;
const LOGIN_ANONYMOUS = `mutation LogInAnonymously($key: String!, $proof: String) {
  loginAnonymous(idempotencyKey: $key, proofOfWork: $proof) { ${PAYLOAD} } }`;
const REFRESH = `mutation Refresh($token: String!) { refreshSession(refreshToken: $token) { ${PAYLOAD} } }`;

const KEY = "passerby:session";
/** Proofs of work for one login. */
const MAX_PROOFS = 4;
const listeners = new Set<() => void>();
let cached: { text: string | null; session: Session | null } = { text: null, session: null };

/** The stored session; null when not signed in. Returns the same object until it changes. */
export function readSession(): Session | null {
  const text = localStorage.getItem(KEY);
  if (text !== cached.text) cached = { text, session: text === null ? null : JSON.parse(text) };
  return cached.session;
}

/** Calls `listener` after every change in any tab. @returns a function that unsubscribes */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const notifyListeners = (): void => {
  for (const listener of listeners) listener();
};
addEventListener("storage", notifyListeners);

/** Requires the lock. */
export function storeSession(session: Session | null): void {
  if (session) localStorage.setItem(KEY, JSON.stringify(session));
  else localStorage.removeItem(KEY);
  notifyListeners();
}

/** Requires the lock. */
export function storeTokens(payload: AuthPayload, notice: string | null = null): Session {
  const { user, accessToken, refreshToken } = payload;
  // A duration between server times, because this device's clock may be wrong.
  const lifetime = Date.parse(payload.accessTokenExpiresAt) - Date.parse(payload.session.lastSeenAt);
  const refreshAt = Date.now() + lifetime * 0.9;
  const session = {
    userId: user.id,
    isAnonymous: user.isAnonymous,
    accessToken,
    refreshToken,
    refreshAt,
    notice,
  };
  storeSession(session);
  return session;
}

/** Runs changes of the session one at a time across all tabs. Not reentrant. */
export const changeSession = <Result>(change: () => Promise<Result>): Promise<Result> =>
  navigator.locks.request(KEY, change) as Promise<Result>;

let isStarting = false;
/** Whether the first login has not completed yet. */
export const isVisitStarting = (): boolean => isStarting;

/**
 * Logs in anonymously unless there is a session, and retries until the gateway responds. Render the page without awaiting it.
 * When anonymous login is disabled, there is no session.
 */
export async function startVisit(): Promise<void> {
  isStarting = readSession() === null;
  await retryOnNetworkError(logInAnonymously).catch(() => {});
  isStarting = false;
  notifyListeners();
}

/** Logs in anonymously unless there is a session. @throws GatewayError PROVIDER_DISABLED, RATE_LIMITED */
export const logInAnonymously = (): Promise<Session> =>
  changeSession(async () => readSession() ?? (await startGuestSession()));

async function startGuestSession(notice?: string): Promise<Session> {
  return storeTokens(await logInGuest({ key: crypto.randomUUID() }), notice);
}

/** The gateway asks for work while guests are created too fast, and for more if they are faster by the time it is done. */
async function logInGuest(
  variables: { readonly key: string; readonly proof?: string },
  proofs = 0,
): Promise<AuthPayload> {
  try {
    return (await requestWithRetry<{ loginAnonymous: AuthPayload }>(LOGIN_ANONYMOUS, variables))
      .loginAnonymous;
  } catch (error) {
    if (!(error instanceof GatewayError) || !error.challenge || proofs === MAX_PROOFS) throw error;
    const proof = await solveChallenge(error.challenge);
    if (proof === null) throw error;
    return logInGuest({ ...variables, proof }, proofs + 1);
  }
}

export const isExpiring = (session: Session): boolean => Date.now() >= session.refreshAt;

/**
 * Refreshes a session whose access token was rejected, unless another caller has done so already.
 * @throws GatewayError when the session has ended. The user continues as a new guest, so the failed request must not be
 * retried: it was meant for the previous user.
 */
export const renewSession = (stale: Session): Promise<Session> =>
  changeSession(() => renewLockedSession(stale));

/** Requires the lock. */
export async function renewLockedSession(stale: Session): Promise<Session> {
  const current = readSession();
  if (current?.userId !== stale.userId) throw notSignedIn();
  if (current.accessToken !== stale.accessToken) return current;
  const variables = { token: current.refreshToken };
  try {
    const { refreshSession } = await requestWithRetry<{ refreshSession: AuthPayload }>(REFRESH, variables);
    return storeTokens(refreshSession, current.notice);
  } catch (error) {
    if (isSessionEnded(error)) await startGuestSession(error.code).catch(() => storeSession(null));
    throw error;
  }
}

export const notSignedIn = (): GatewayError =>
  new GatewayError({ message: "This user is no longer signed in.", extensions: { code: "UNAUTHENTICATED" } });

export const isSessionEnded = (error: unknown): error is GatewayError =>
  error instanceof GatewayError &&
  ["SESSION_REVOKED", "UNAUTHENTICATED", "USER_DISABLED"].includes(error.code);
