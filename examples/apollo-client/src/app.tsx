/** The page: the current user and the sign-in methods. */
import { gql, type TypedDocumentNode } from "@apollo/client";
import { ApolloProvider, useQuery } from "@apollo/client/react";
import type { Session } from "@passerby/client";
import { useSession } from "@passerby/client/react";
import { useState } from "react";
import { useAttempts } from "./attempts.ts";
import { createClient } from "./client.ts";
import { explainEnding, OFFLINE } from "./explain.ts";
import { passerby } from "./passerby.ts";
import { explainQueryError, Problem } from "./problem.tsx";
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
  const { session } = useSession();
  return <Page key={`${session?.userId} ${session?.isAnonymous}`} />;
}

function Page() {
  const [client] = useState(createClient);
  const { session, isStarting, isOffline, notice } = useSession();
  return (
    <ApolloProvider client={client}>
      <main>
        <h1>Passerby with Apollo Client</h1>
        {notice && (
          <p role="status">
            {explainEnding(notice)}{" "}
            <button type="button" onClick={passerby.dismissNotice}>
              OK
            </button>
          </p>
        )}
        {session ? (
          <Account session={session} />
        ) : (
          <p>{isStarting ? "Connecting…" : "You are logged out."}</p>
        )}
        <Problem text={isOffline && OFFLINE} />
        {!isStarting && session?.isAnonymous !== false && <SignInMethods isGuest={session !== null} />}
      </main>
    </ApolloProvider>
  );
}

function Account({ session }: { session: Session }) {
  const { data, error } = useQuery(ME);
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
        <button type="button" disabled={isPending} onClick={() => attempt(() => passerby.logout())}>
          Log out
        </button>
      )}
      <Problem text={problem ?? (error && explainQueryError(error))} />
    </section>
  );
}
