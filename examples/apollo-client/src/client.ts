/** Apollo Client with the session's access token. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { concatMap, from, of } from "rxjs";
import { ENDPOINT } from "./gateway.ts";
import { isExpiring, readSession, renewSession, type Session } from "./session.ts";

/** The session, refreshed if it is about to expire; null when not signed in. */
async function getSession(): Promise<Session | null> {
  const session = readSession();
  return session && isExpiring(session) ? renewSession(session) : session;
}

/** Sends the access token; when it is rejected, refreshes it and retries once. */
const authLink = new ApolloLink((operation, forward) => {
  const sendAs = (session: Session | null) => {
    if (session) operation.setContext({ headers: { authorization: `Bearer ${session.accessToken}` } });
    return forward(operation);
  };
  return from(getSession()).pipe(
    concatMap((session) =>
      sendAs(session).pipe(
        concatMap((result) =>
          session && isRejected(result) ? from(renewSession(session)).pipe(concatMap(sendAs)) : of(result),
        ),
      ),
    ),
  );
});

// An invalid token is rejected before any resolver runs, so no operation runs twice.
const isRejected = ({ errors }: ApolloLink.Result): boolean =>
  errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED") ?? false;

/** Create one client per user, so that cached data of one user is never shown to another. */
export const createClient = (): ApolloClient =>
  new ApolloClient({ link: authLink.concat(new HttpLink({ uri: ENDPOINT })), cache: new InMemoryCache() });
