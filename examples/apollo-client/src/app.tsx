/** The page: the current user and the sign-in methods. */
import { CombinedGraphQLErrors, gql, type TypedDocumentNode } from "@apollo/client";
import { ApolloProvider, useQuery } from "@apollo/client/react";
import { type SubmitEvent, useEffect, useState, useSyncExternalStore, useTransition } from "react";
import {
  type Conflict,
  type Credentials,
  createAccount,
  dismissNotice,
  logIn,
  logOut,
  mergeIntoAccount,
} from "./account.ts";
import { createClient } from "./client.ts";
import { explainEnding, explainError } from "./explain.ts";
import { GatewayError } from "./gateway.ts";
import { isVisitStarting, logInAnonymously, readSession, type Session, subscribe } from "./session.ts";

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

const PROVIDERS: TypedDocumentNode<{ authProviders: { name: string }[] }> = gql`
  query SignInMethods {
    authProviders {
      name
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
      <p>{session.isAnonymous ? "You are a guest." : `You are ${email ?? "…"}`}</p>
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

function SignInMethods({ isGuest }: { isGuest: boolean }) {
  const { data, error, refetch } = useRetriedQuery(PROVIDERS);
  const { isPending, problem, attempt } = useAttempts((code) => code === "PROVIDER_DISABLED" && refetch());
  const [conflict, setConflict] = useState<{ offer: Conflict; credentials: Credentials } | null>(null);
  const isOn = (name: string) => data?.authProviders.some((provider) => provider.name === name);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, event.nativeEvent.submitter);
    const credentials = {
      emailPassword: { email: String(form.get("email")), password: String(form.get("password")) },
    };
    attempt(async () => {
      if (form.get("intent") === "log-in") return void (await logIn(credentials));
      const offer = await createAccount(credentials);
      if (offer) setConflict({ offer, credentials });
    });
  };

  const decide = (act: () => Promise<unknown>) => {
    setConflict(null);
    attempt(act);
  };

  return (
    <section>
      {isOn("local-userpass") && (
        <form onSubmit={submit}>
          <label>
            Email
            <input name="email" type="email" autoComplete="username" required />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          <fieldset disabled={isPending}>
            {isGuest && (
              <button type="submit" name="intent" value="create">
                Create account
              </button>
            )}
            <button type="submit" name="intent" value="log-in">
              Log in
            </button>
          </fieldset>
        </form>
      )}
      {data && !isOn("local-userpass") && <p>Sign-in with email and password is disabled.</p>}
      {!isGuest && isOn("anon-user") && (
        <button type="button" disabled={isPending} onClick={() => attempt(logInAnonymously)}>
          Continue as guest
        </button>
      )}
      <Problem text={problem ?? (error && explainQueryError(error))} />
      {conflict && (
        <dialog
          ref={(dialog) => dialog?.showModal()}
          onCancel={() => setConflict(null)}
          aria-labelledby="conflict"
        >
          <h2 id="conflict">You already have an account</h2>
          <p>Do you want to move your guest data to it?</p>
          <fieldset>
            <button type="button" onClick={() => decide(() => mergeIntoAccount(conflict.offer))}>
              Merge and log in
            </button>
            <button type="button" onClick={() => decide(() => logIn(conflict.credentials))}>
              Log in without merging
            </button>
            <button type="button" onClick={() => setConflict(null)}>
              Cancel
            </button>
          </fieldset>
        </dialog>
      )}
    </section>
  );
}

const RETRY_MS = 3_000;

/** A query that retries on network errors until there is a response. */
function useRetriedQuery<Data>(query: TypedDocumentNode<Data>) {
  const result = useQuery(query);
  const { error, refetch } = result;
  const isUnanswered =
    error !== undefined && !CombinedGraphQLErrors.is(error) && !(error instanceof GatewayError);
  useEffect(() => {
    if (!isUnanswered) return;
    const retry = (): void => void refetch().catch(() => {});
    const timer = setTimeout(retry, RETRY_MS);
    addEventListener("online", retry);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", retry);
    };
  }, [isUnanswered, refetch]);
  return result;
}

/** Runs the action of a button and stores its error message. */
function useAttempts(onError?: (code: string) => void) {
  const [isPending, startTransition] = useTransition();
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (act: () => Promise<unknown>): void =>
    startTransition(async () => {
      setProblem(null);
      try {
        await act();
      } catch (error) {
        setProblem(explainError(error));
        if (error instanceof GatewayError) onError?.(error.code);
      }
    });
  return { isPending, problem, attempt };
}

const explainQueryError = (error: unknown): string =>
  CombinedGraphQLErrors.is(error) ? error.message : explainError(error);

const Problem = ({ text }: { text: string | null | undefined }) => (text ? <p role="alert">{text}</p> : null);
