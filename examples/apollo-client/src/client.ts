/** Apollo Client, as whoever is signed in. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { concatMap, from, of } from "rxjs";
import { ENDPOINT } from "./gateway.ts";
import { isExpiring, readSession, renewSession, type Session } from "./session.ts";

/** The session to send with; null when nobody is signed in. */
async function getSession(): Promise<Session | null> {
  const session = readSession();
  return session && isExpiring(session) ? renewSession(session) : session;
}

/** Sends the access token, and when it is refused, once more with the next one. */
const authLink = new ApolloLink((operation, forward) => {
  const sendAs = (session: Session | null) => {
    if (session) operation.setContext({ headers: { authorization: `Bearer ${session.accessToken}` } });
    return forward(operation);
  };
  return from(getSession()).pipe(
    concatMap((session) =>
      sendAs(session).pipe(
        concatMap((result) =>
          session && isRefused(result) ? from(renewSession(session)).pipe(concatMap(sendAs)) : of(result),
        ),
      ),
    ),
  );
});

// A bad token is refused before anything runs, so nothing is done twice.
const isRefused = ({ errors }: ApolloLink.Result): boolean =>
  errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED") ?? false;

/** Make one for each user: what was cached for one must not be shown to another. */
export const createClient = (): ApolloClient =>
  new ApolloClient({ link: authLink.concat(new HttpLink({ uri: ENDPOINT })), cache: new InMemoryCache() });
