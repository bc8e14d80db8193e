/** What `authProviders` lists: operators can disable any of them. */
import { gql, type TypedDocumentNode } from "@apollo/client";
import { type SubmitEvent, useEffect, useState } from "react";
import { type Conflict, type Credentials, createAccount, logIn, mergeIntoAccount } from "./account.ts";
import { useAttempts } from "./attempts.ts";
import { CodeForm } from "./code-form.tsx";
import { askForPasskey, createPasskey, hasPasskeys, listPasskeys } from "./passkeys.ts";
import { explainQueryError, Problem } from "./problem.tsx";
import { useRetriedQuery } from "./retried-query.ts";
import { logInAnonymously } from "./session.ts";

const PROVIDERS: TypedDocumentNode<{ authProviders: { name: string; rpId: string | null }[] }> = gql`
  query SignInMethods {
    authProviders {
      name
      rpId
    }
  }
`;

interface Decision {
  readonly offer: Conflict;
  /** null where that takes another code. */
  readonly logInInstead: (() => Promise<unknown>) | null;
}

export function SignInMethods({ isGuest }: { isGuest: boolean }) {
  const { data, error, refetch } = useRetriedQuery(PROVIDERS);
  const { isPending, problem, attempt } = useAttempts((code) => code === "PROVIDER_DISABLED" && refetch());
  const [decision, setDecision] = useState<Decision | null>(null);
  const find = (name: string) => data?.authProviders.find((provider) => provider.name === name);
  const canUsePasskeys = hasPasskeys(find("passkey")?.rpId);

  /** Links the credentials to the guest, who keeps what they did; an account that exists is a conflict, to be decided. */
  const link = async (
    credentials: Credentials,
    logInInstead: (() => Promise<unknown>) | null,
  ): Promise<void> => {
    const offer = await createAccount(credentials);
    if (offer) setDecision({ offer, logInInstead });
  };
  /** An answer of a passkey can be used once: to log in instead takes another touch. */
  const enterByPasskey = (credentials: Credentials): Promise<unknown> =>
    isGuest ? link(credentials, async () => logIn(await askForPasskey())) : logIn(credentials);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, event.nativeEvent.submitter);
    const credentials = {
      emailPassword: { email: String(form.get("email")), password: String(form.get("password")) },
    };
    const enter = () => logIn(credentials);
    attempt(form.get("intent") === "log-in" ? enter : () => link(credentials, enter));
  };
  const decide = (act: () => Promise<unknown>) => {
    setDecision(null);
    attempt(act);
  };

  // Lists passkeys in the input of the email.
  // biome-ignore lint/correctness/useExhaustiveDependencies: starts again after each attempt only
  useEffect(() => {
    if (!canUsePasskeys || isPending || decision) return;
    let isCurrent = true;
    listPasskeys().then((credentials) => {
      if (credentials && isCurrent) attempt(() => enterByPasskey(credentials));
    });
    return () => {
      isCurrent = false;
    };
  }, [canUsePasskeys, isPending, decision]);

  return (
    <section>
      {find("local-userpass") && (
        <form onSubmit={submit}>
          <label>
            Email
            <input name="email" type="email" autoComplete="username webauthn" required />
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
      {data && !find("local-userpass") && <p>Sign-in with email and password is disabled.</p>}
      {canUsePasskeys && (
        <fieldset disabled={isPending}>
          {isGuest && (
            <button type="button" onClick={() => attempt(async () => createAccount(await createPasskey()))}>
              Create account with a passkey
            </button>
          )}
          <button type="button" onClick={() => attempt(async () => enterByPasskey(await askForPasskey()))}>
            Log in with a passkey
          </button>
        </fieldset>
      )}
      {find("email-otp") && (
        <CodeForm {...{ isGuest, isPending, attempt, logIn }} create={(code) => link(code, null)} />
      )}
      {!isGuest && find("anon-user") && (
        <button type="button" disabled={isPending} onClick={() => attempt(logInAnonymously)}>
          Continue as guest
        </button>
      )}
      <Problem text={problem ?? (error && explainQueryError(error))} />
      {decision && (
        <dialog
          ref={(dialog) => dialog?.showModal()}
          onCancel={() => setDecision(null)}
          aria-labelledby="conflict"
        >
          <h2 id="conflict">You already have an account</h2>
          <p>Do you want to move your guest data to it?</p>
          <fieldset>
            <button type="button" onClick={() => decide(() => mergeIntoAccount(decision.offer))}>
              Merge and log in
            </button>
            {decision.logInInstead && (
              <button type="button" onClick={() => decision.logInInstead && decide(decision.logInInstead)}>
                Log in without merging
              </button>
            )}
            <button type="button" onClick={() => setDecision(null)}>
              Cancel
            </button>
          </fieldset>
        </dialog>
      )}
    </section>
  );
}
