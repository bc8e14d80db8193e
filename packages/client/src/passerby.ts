/** Puts the parts together: storage, lock, tokens, sign-in. */
import { authorizedFetch } from "./authorized-fetch.ts";
import type { Passerby, PasserbyOptions, TokenOptions } from "./contract.ts";
import { LINK, LOGOUT } from "./documents.ts";
import { isSessionEnded } from "./errors.ts";
import { createAuthorize, createSend } from "./gateway.ts";
import { defaultLock } from "./lock.ts";
import { retryUnanswered } from "./retry.ts";
import { createSessionKey } from "./session-key.ts";
import { createSignIn } from "./sign-in.ts";
import { defaultStorage, storedItem } from "./storage.ts";
import { createStore } from "./store.ts";
import { createTokens, hasCode } from "./tokens.ts";

/** The client of one gateway: the session of this visitor. Create one for each page, outside of components. */
export function createPasserby(options: PasserbyOptions): Passerby {
  const { url, guests = true, storageKey = "passerby:session" } = options;
  const inCookie = options.session === "cookie";
  const storage = options.storage ?? defaultStorage();
  const locked = options.lock ?? defaultLock(storage, options.storage !== undefined);
  const store = createStore(storedItem(storage, storageKey), storageKey, guests, inCookie);
  const key = options.keyBound ? createSessionKey(storageKey) : null;
  const send = createSend(options, inCookie, key);
  const authorize = createAuthorize(key);
  const change = <Result>(act: () => Promise<Result>): Promise<Result> =>
    locked(storageKey, async () => {
      await store.load();
      return act();
    });
  const pendingGuest = storedItem(storage, `${storageKey}:guest`);
  const tokens = createTokens({ store, send, change, pendingGuest, guests, inCookie, key });
  const { authenticate, login } = createSignIn({ store, send, change, tokens });
  const { getAccessToken } = tokens;

  return {
    url,
    get session() {
      return store.state.session;
    },
    get state() {
      return store.state;
    },
    subscribe: store.subscribe,
    getAccessToken,
    authorize,
    async loginAnonymous() {
      await change(async () => store.current ?? tokens.startGuest());
      return tokens.shownSession();
    },
    login,
    link: (credentials) =>
      authenticate(LINK, { credentials }, { asUser: true, switch: () => login(credentials) }),
    logout: (scope = "CURRENT") =>
      tokens.changeAsUser(async () => {
        if (!store.current) return;
        try {
          await tokens.sendAsUser(LOGOUT, { scope });
        } catch (error) {
          if (!isSessionEnded(error)) throw error;
        }
        if (scope !== "OTHERS") await tokens.endSession();
      }),
    dismissNotice: () =>
      change(async () => {
        if (store.current) await store.save({ ...store.current, notice: null });
        store.change({ notice: null });
      }),
    async request<Data>(query: string, variables: object = {}, { guest }: TokenOptions = {}): Promise<Data> {
      const token = await getAccessToken({ guest });
      try {
        return await send<Data>(query, variables, { token });
      } catch (error) {
        if (!token || !hasCode(error, "UNAUTHENTICATED")) throw error;
        return send<Data>(query, variables, { token: await getAccessToken({ rejected: token }) });
      }
    },
    fetch: authorizedFetch({ getAccessToken, authorize }, options.fetch),
    retry: (act, signal) => retryUnanswered(act, tokens.noteAttempt, signal),
    authenticate,
  };
}
