/** urql with the session's access token. */
import { Client, fetchExchange, makeOperation } from "@urql/core";
import { authExchange } from "@urql/exchange-auth";
import { ENDPOINT } from "./gateway.ts";
import { isExpiring, readSession, renewSession, type Session } from "./session.ts";

/** Sends the access token; when it is rejected, refreshes it and retries once. */
const sessionExchange = authExchange(async () => {
  /** The session whose token was rejected; another tab may have refreshed it already. */
  let stale: Session | null = null;
  return {
    addAuthToOperation(operation) {
      const session = readSession();
      if (!session) return operation;
      const fetchOptions = { headers: { authorization: `Bearer ${session.accessToken}` } };
      return makeOperation(operation.kind, operation, { ...operation.context, session, fetchOptions });
    },
    willAuthError() {
      stale = readSession();
      return stale !== null && isExpiring(stale);
    },
    didAuthError({ graphQLErrors }, operation) {
      stale = operation.context.session ?? null;
      // An invalid token is rejected before any resolver runs, so no operation runs twice.
      return stale !== null && graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
    },
    async refreshAuth() {
      if (stale) await renewSession(stale);
    },
  };
});

/**
 * Without a cache exchange; if you add one, create a new client per user. POST only: the gateway rejects GET queries that any
 * other site could send (CSRF).
 */
export const createClient = (): Client =>
  new Client({ url: ENDPOINT, preferGetMethod: false, exchanges: [sessionExchange, fetchExchange] });
