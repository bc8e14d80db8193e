/** The session of this browser tab: the tokens of the last login in a response. */

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

export interface StoredSession extends Tokens {
  /** Why the gateway rejected these tokens; null if it has not. */
  readonly problem: string | null;
}

export interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly exp: number;
  readonly is_anonymous: boolean;
}

const KEY = "passerby:session";
const TICKET_KEY = "passerby:merge-ticket";
const listeners = new Set<() => void>();

/** The tokens of the last AuthPayload in a response's data; null when there is none. */
export function findTokens(data: unknown): Tokens | null {
  if (typeof data !== "object" || data === null) return null;
  const { accessToken, refreshToken } = data as Record<string, unknown>;
  if (typeof accessToken === "string") {
    return { accessToken, refreshToken: typeof refreshToken === "string" ? refreshToken : null };
  }
  return Object.values(data).reduce<Tokens | null>((found, value) => findTokens(value) ?? found, null);
}

/** The last merge ticket in a response's data; null when there is none. */
export function findTicket(data: unknown): string | null {
  if (typeof data !== "object" || data === null) return null;
  const { mergeTicket } = data as Record<string, unknown>;
  if (typeof mergeTicket === "string") return mergeTicket;
  return Object.values(data).reduce<string | null>((found, value) => findTicket(value) ?? found, null);
}

export const storeTicket = (ticket: string): void => sessionStorage.setItem(TICKET_KEY, ticket);
export const readTicket = (): string | null => sessionStorage.getItem(TICKET_KEY);

/** Stored in sessionStorage: for this tab only. */
export const readSession = (): string | null => sessionStorage.getItem(KEY);

export const parseSession = (text: string | null): StoredSession | null => (text ? JSON.parse(text) : null);

function write(session: StoredSession | null): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export function storeTokens({ accessToken, refreshToken }: Tokens): void {
  const previous = parseSession(readSession());
  const [previousClaims, claims] = [previous && readClaims(previous.accessToken), readClaims(accessToken)];
  // A link that did not select the refresh token keeps the stored one, unless the user became permanent, which ends it.
  const isSame = previousClaims?.sid === claims?.sid && previousClaims?.is_anonymous === claims?.is_anonymous;
  const storedToken = previous && isSame ? previous.refreshToken : null;
  write({ accessToken, refreshToken: refreshToken ?? storedToken, problem: null });
}

export const clearSession = (): void => write(null);

/** Records the problem, unless another session has been stored since that token was sent. */
export function reportProblem(accessToken: string, problem: string): void {
  const session = parseSession(readSession());
  if (session?.accessToken === accessToken) write({ ...session, problem });
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The payload of a JWT. It is not verified, because it is only displayed. */
export function readClaims(token: string): Claims | null {
  try {
    const payload = token.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "";
    return JSON.parse(atob(payload));
  } catch {
    return null;
  }
}
