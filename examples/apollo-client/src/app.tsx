/** The page: the current user and the sign-in methods. */
import { gql, type TypedDocumentNode } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { useState, useSyncExternalStore } from "react";
import { dismissNotice, logOut } from "./account.ts";
import { useAttempts } from "./attempts.ts";
import { createClient } from "./client.ts";
import { explainEnding } from "./explain.ts";
import { explainQueryError, Problem } from "./problem.tsx";
import { useRetriedQuery } from "./retried-query.ts";
import { isVisitStarting, readSession, type Session, subscribe } from "./session.ts";
import { SignInMethods } from "./sign-in.tsx";

const ME: TypedDocumentNode<{
  me: { expiresAt: string | null; identities: { email: string | null }[] } | null;
}> = gql`
  query Me {
    me {
      id
      expiresAt
      identities {
        id
        email
      }
    }
  }
`;

export function App() {
  const session = useSyncExternalStore(subscribe, readSession);
  return <Page key={`${session?.userId} ${session?.isAnonymous}`} session={session} />;
}

function Page({ session }: { session: Session | null }) {
  const [client] = useState(createClient);
  const isStarting = useSyncExternalStore(subscribe, isVisitStarting);
  return (
    <ApolloProvider client={client}>
      <main>
        <h1>Passerby with Apollo Client</h1>
        {session?.notice && (
          <p role="status">
            {explainEnding(session.notice)}{" "}
            <button type="button" onClick={dismissNotice}>
              OK
            </button>
          </p>
        )}
        {session ? (
          <Account session={session} />
        ) : (
          <p>{isStarting ? "Connecting…" : "You are logged out."}</p>
        )}
        {!isStarting && session?.isAnonymous !== false && <SignInMethods isGuest={session !== null} />}
      </main>
    </ApolloProvider>
  );
}

function Account({ session }: { session: Session }) {
  const { data, error } = useRetriedQuery(ME);
  const { isPending, problem, attempt } = useAttempts();
  const email = data?.me?.identities.find((identity) => identity.email)?.email;
  const expiresAt = data?.me?.expiresAt;
  return (
    <section>
      <p>{session.isAnonymous ? "You are a guest." : `You are ${email ?? (data ? "logged in" : "…")}`}</p>
      <p>
        Your user id is <code>{session.userId}</code>.
        {expiresAt && ` Without an account, it expires on ${new Date(expiresAt).toLocaleDateString()}.`}
      </p>
      {!session.isAnonymous && (
        <button type="button" disabled={isPending} onClick={() => attempt(logOut)}>
          Log out
        </button>
      )}
      <Problem text={problem ?? (error && explainQueryError(error))} />
    </section>
  );
}
