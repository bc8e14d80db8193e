/** urql, as whoever is signed in. */
import { Client, fetchExchange, makeOperation } from "@urql/core";
import { authExchange } from "@urql/exchange-auth";
import { ENDPOINT } from "./gateway.ts";
import { isExpiring, readSession, renewSession, type Session } from "./session.ts";

/** Sends the access token, and when it is refused, once more with the next one. */
const sessionExchange = authExchange(async () => {
  /** The session whose token is to be replaced, which another tab may have done already. */
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
      // A bad token is refused before anything runs, so nothing is done twice.
      return stale !== null && graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
    },
    async refreshAuth() {
      if (stale) await renewSession(stale);
    },
  };
});

/**
 * Without a cache: one that is added has to be made anew for each user. By POST: the gateway refuses queries that any
 * foreign page could send by GET.
 */
export const createClient = (): Client =>
  new Client({ url: ENDPOINT, preferGetMethod: false, exchanges: [sessionExchange, fetchExchange] });
