/** Who is signed in, as far as this browser tab knows: the tokens of the last login that was seen in an answer. */

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

export interface StoredSession extends Tokens {
  /** Why the gateway turned these tokens away; null while it has not. */
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

/** The last AuthPayload anywhere in an answer's data; null when there is none. */
export function findTokens(data: unknown): Tokens | null {
  if (typeof data !== "object" || data === null) return null;
  const { accessToken, refreshToken } = data as Record<string, unknown>;
  if (typeof accessToken === "string") {
    return { accessToken, refreshToken: typeof refreshToken === "string" ? refreshToken : null };
  }
  return Object.values(data).reduce<Tokens | null>((found, value) => findTokens(value) ?? found, null);
}

/** The last merge ticket anywhere in an answer's data; null when there is none. */
export function findTicket(data: unknown): string | null {
  if (typeof data !== "object" || data === null) return null;
  const { mergeTicket } = data as Record<string, unknown>;
  if (typeof mergeTicket === "string") return mergeTicket;
  return Object.values(data).reduce<string | null>((found, value) => findTicket(value) ?? found, null);
}

export const storeTicket = (ticket: string): void => sessionStorage.setItem(TICKET_KEY, ticket);
export const readTicket = (): string | null => sessionStorage.getItem(TICKET_KEY);

/** Kept for this tab only, and gone with it. */
export const readSession = (): string | null => sessionStorage.getItem(KEY);

export const parseSession = (text: string | null): StoredSession | null => (text ? JSON.parse(text) : null);

function write(session: StoredSession | null): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export function storeTokens({ accessToken, refreshToken }: Tokens): void {
  const before = parseSession(readSession());
  const [claimsBefore, claims] = [before && readClaims(before.accessToken), readClaims(accessToken)];
  // A link whose answer was asked for no refresh token: the session keeps its own, unless its guest became permanent.
  const isSame = claimsBefore?.sid === claims?.sid && claimsBefore?.is_anonymous === claims?.is_anonymous;
  const earlier = before && isSame ? before.refreshToken : null;
  write({ accessToken, refreshToken: refreshToken ?? earlier, problem: null });
}

export const forgetSession = (): void => write(null);

/** Unless another session has been stored since that token was sent. */
export function reportProblem(accessToken: string, problem: string): void {
  const session = parseSession(readSession());
  if (session?.accessToken === accessToken) write({ ...session, problem });
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The payload of a JWT, not verified: it is only shown. */
export function readClaims(token: string): Claims | null {
  try {
    const payload = token.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "";
    return JSON.parse(atob(payload));
  } catch {
    return null;
  }
}
