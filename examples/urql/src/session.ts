/**
 * Who is signed in, the same for every tab of this browser. It knows no framework and no GraphQL client.
 *
 * The session changes under one Web Lock only: ten refused requests in two tabs refresh once, and no tab writes older
 * tokens over newer ones. Web Locks need https, or localhost.
 */
import { askTwice, Refusal } from "./gateway.ts";
import { untilAnswered } from "./until-answered.ts";

export interface Session {
  readonly userId: string;
  readonly isAnonymous: boolean;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When to refresh before anything is sent, in milliseconds of this device's clock, be that right or wrong. */
  readonly refreshAt: number;
  /** The error code that ended the session before this one, until the visitor has read it. */
  readonly notice: string | null;
}

export interface AuthPayload {
  readonly user: { readonly id: string; readonly isAnonymous: boolean };
  readonly session: { readonly lastSeenAt: string };
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
}

/** What every mutation that answers with an AuthPayload asks for. */
export const PAYLOAD = `
  user { id isAnonymous } session { lastSeenAt } accessToken accessTokenExpiresAt refreshToken`;
const ENTER = `mutation Enter($key: String!) { loginAnonymous(idempotencyKey: $key) { ${PAYLOAD} } }`;
const REFRESH = `mutation Refresh($token: String!) { refreshSession(refreshToken: $token) { ${PAYLOAD} } }`;

const KEY = "passerby:session";
const listeners = new Set<() => void>();
let known: { text: string | null; session: Session | null } = { text: null, session: null };

/** As any tab stored it last; null when nobody is signed in. The same object until it changes. */
export function readSession(): Session | null {
  const text = localStorage.getItem(KEY);
  if (text !== known.text) known = { text, session: text === null ? null : JSON.parse(text) };
  return known.session;
}

/** Calls back after every change, made here or in another tab, until the function that it returns is called. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tellListeners = (): void => {
  for (const listener of listeners) listener();
};
addEventListener("storage", tellListeners);

/** Only under the lock. */
export function storeSession(session: Session | null): void {
  if (session) localStorage.setItem(KEY, JSON.stringify(session));
  else localStorage.removeItem(KEY);
  tellListeners();
}

/** Only under the lock. */
export function storeTokens(payload: AuthPayload, notice: string | null = null): Session {
  const { user, accessToken, refreshToken } = payload;
  // How long, not until when: by a clock that is wrong every token would have expired, or none.
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

/** Runs one change of the session at a time, of all tabs. It must not be called inside itself. */
export const changeSession = <Result>(change: () => Promise<Result>): Promise<Result> =>
  navigator.locks.request(KEY, change) as Promise<Result>;

let isStarting = false;
/** Whether the first answer of the gateway is still missing: who the visitor is will be known in a moment. */
export const isVisitStarting = (): boolean => isStarting;

/**
 * Makes the visitor a guest as soon as the gateway answers, unless they are signed in. Draw the page without waiting for it.
 * When the gateway refuses guests, nobody is signed in.
 */
export async function startVisit(): Promise<void> {
  isStarting = readSession() === null;
  await untilAnswered(enterAsGuest).catch(() => {});
  isStarting = false;
  tellListeners();
}

/** A new guest, unless somebody is signed in. @throws Refusal PROVIDER_DISABLED, RATE_LIMITED */
export const enterAsGuest = (): Promise<Session> =>
  changeSession(async () => readSession() ?? (await startGuestSession()));

async function startGuestSession(notice?: string): Promise<Session> {
  const variables = { key: crypto.randomUUID() };
  return storeTokens(
    (await askTwice<{ loginAnonymous: AuthPayload }>(ENTER, variables)).loginAnonymous,
    notice,
  );
}

export const isExpiring = (session: Session): boolean => Date.now() >= session.refreshAt;

/**
 * The next tokens of a session whose access token was refused, whoever asks for them first.
 * @throws Refusal when it is over. The visitor goes on as a new guest then, and what was meant as somebody else must not
 * be sent as that guest.
 */
export const renewSession = (stale: Session): Promise<Session> =>
  changeSession(() => renewLockedSession(stale));

/** Only under the lock. */
export async function renewLockedSession(stale: Session): Promise<Session> {
  const current = readSession();
  if (current?.userId !== stale.userId) throw notSignedIn();
  if (current.accessToken !== stale.accessToken) return current;
  const variables = { token: current.refreshToken };
  try {
    const { refreshSession } = await askTwice<{ refreshSession: AuthPayload }>(REFRESH, variables);
    return storeTokens(refreshSession, current.notice);
  } catch (error) {
    if (isSessionOver(error)) await startGuestSession(error.code).catch(() => storeSession(null));
    throw error;
  }
}

export const notSignedIn = (): Refusal =>
  new Refusal({ message: "This user is no longer signed in here.", extensions: { code: "UNAUTHENTICATED" } });

export const isSessionOver = (error: unknown): error is Refusal =>
  error instanceof Refusal && ["SESSION_REVOKED", "UNAUTHENTICATED", "USER_DISABLED"].includes(error.code);
