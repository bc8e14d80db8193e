/** What a front end gets: `createPasserby` takes the options and returns the client. */
import type { Credentials } from "./documents.ts";
import type { GatewayOptions } from "./gateway.ts";
import type { Lock } from "./lock.ts";
import type { Target } from "./session-key.ts";
import type { SessionStorage } from "./storage.ts";
import type { Session, State } from "./store.ts";

/** Options of `createPasserby`; only `url` is required. */
export interface PasserbyOptions extends GatewayOptions {
  /** Where the session is stored; `localStorage` unless given, and memory where that is forbidden. */
  readonly storage?: SessionStorage | undefined;
  /** Makes changes one at a time; Web Locks unless given, and a lease in the storage where there are none. */
  readonly lock?: Lock | undefined;
  /** The key of the session in the storage; `passerby:session` unless given. */
  readonly storageKey?: string | undefined;
  /**
   * Whether the first token that is asked for logs in a guest, and whether a guest follows a session that has ended.
   * With false there is no session until `loginAnonymous` or `login`. True unless given.
   */
  readonly guests?: boolean | undefined;
  /**
   * Where the refresh token is: `storage`, or in the gateway's HttpOnly `cookie` (`SESSION_COOKIES=on`), with access tokens in
   * memory. `storage` unless given.
   */
  readonly session?: "storage" | "cookie" | undefined;
  /**
   * Whether logins bind their session to a key of this browser, which is in IndexedDB and cannot be read by scripts (DPoP). A copied
   * token is then worth nothing. Requires https or localhost. False unless given.
   */
  readonly keyBound?: boolean | undefined;
}

/** The outcome of a link: the session of the user with the new identity, or a conflict to ask the visitor about. */
export type LinkResult =
  | { readonly linked: Session; readonly conflict?: undefined }
  | { readonly conflict: Conflict; readonly linked?: undefined };

/** The identity belongs to an account that exists. The visitor is still signed in as before. */
export interface Conflict {
  /** The provider of the identity. */
  readonly provider: string;
  /** Until when `merge` is possible. */
  readonly expiresAt: string;
  /** Makes the guest part of the account, with all that it has, and signs in as the account. Once, within ten minutes. */
  merge(): Promise<Session>;
  /** Signs in as the account; what the guest has stays with the guest. */
  switch(): Promise<Session>;
}

/** What `createPasserby` returns. Functions reject with a `PasserbyError`. */
export interface Passerby {
  readonly url: string;
  /** The signed-in user; null while there is none. In every tab. */
  readonly session: Session | null;
  /** All that a page draws, for `useSyncExternalStore` and the like. */
  readonly state: State;
  /** Calls `listener` after every change of `state`, in any tab. @returns a function that ends it */
  subscribe(listener: () => void): () => void;
  /**
   * The access token to send as `Authorization: Bearer`, refreshed if it is about to expire. Logs in a guest if there is no
   * session.
   * @returns null if there is no session and none is to be started
   * @throws PasserbyError `NO_RESPONSE` when offline: attempts continue, and `state` tells. `SESSION_REVOKED`, `USER_DISABLED`
   * and `UNAUTHENTICATED` when the session has ended: what was to be sent was meant for that user, so it must not be sent as the
   * guest who follows.
   */
  getAccessToken(options?: TokenOptions): Promise<string | null>;
  /**
   * The headers that a request with a token needs: `authorization`, and in key-bound sessions a proof for this one request.
   * `fetch` and the adapters do it by themselves.
   */
  authorize(token: string | null, target: Target): Promise<Record<string, string>>;
  /** Logs in as a new guest, unless there is a session. `PROVIDER_DISABLED`, `RATE_LIMITED`. */
  loginAnonymous(): Promise<Session>;
  /** Logs in to an account. What the guest before it has stays with the guest. `INVALID_CREDENTIALS` and others. */
  login(credentials: Credentials): Promise<Session>;
  /** Adds an identity to the user, who keeps the id; a guest becomes permanent. An email that is new is registered. */
  link(credentials: Credentials): Promise<LinkResult>;
  /**
   * Ends the session at the gateway and in every tab; the next token is a new guest's. `OTHERS` and `ALL` end the user's other
   * sessions, or those as well.
   * @throws PasserbyError `NO_RESPONSE`: then the session stays
   */
  logout(scope?: "CURRENT" | "OTHERS" | "ALL"): Promise<void>;
  /** Forgets why the previous session ended: `state.notice`. */
  dismissNotice(): Promise<void>;
  /** Sends an operation to the gateway as the user, such as `{ me { id expiresAt } }`. @returns `data` */
  request<Data>(query: string, variables?: object, options?: Pick<TokenOptions, "guest">): Promise<Data>;
  /** `fetch` as the user, for servers that verify access tokens; repeated once with a new token when it is rejected. */
  readonly fetch: typeof fetch;
  /** Repeats what fails with `NO_RESPONSE` until it is answered: after 1, 2, 4 … 30 seconds, and when online again. */
  retry<Result>(act: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /**
   * For sign-in methods that are not credentials, such as OAuth: sends a mutation whose field has the alias `result` and answers
   * an `AuthPayload` or an `IdentityConflict`, and stores the session.
   */
  authenticate(mutation: string, variables: object, options: AuthenticateOptions): Promise<LinkResult>;
}

/** Options of `Passerby.getAccessToken`. */
export interface TokenOptions {
  /** A token that a server rejected: it is refreshed, unless that has happened already. */
  readonly rejected?: string | null | undefined;
  /** False: what is asked for needs no user, such as `authProviders`, and starts no guest. */
  readonly guest?: boolean | undefined;
}

/** Options of `Passerby.authenticate`. */
export interface AuthenticateOptions {
  /** Whether the mutation is sent as the signed-in user. */
  readonly asUser: boolean;
  /** How a conflict is resolved without a merge. */
  readonly switch: () => Promise<Session>;
}
