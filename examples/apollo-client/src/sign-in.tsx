/** What `authProviders` lists: operators can disable any of them. */
import { gql, type TypedDocumentNode } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import type { Conflict, Credentials } from "@passerby/client";
import { type SubmitEvent, useEffect, useState } from "react";
import { createAccount, logIn } from "./account.ts";
import { useAttempts } from "./attempts.ts";
import { CodeForm } from "./code-form.tsx";
import { passerby } from "./passerby.ts";
import { createPasskey, enterByPasskey, hasPasskeysOf, listPasskeys } from "./passkeys.ts";
import { explainQueryError, Problem } from "./problem.tsx";

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
  /** Not by a code, which is used by now. */
  readonly canSwitch: boolean;
}

export function SignInMethods({ isGuest }: { isGuest: boolean }) {
  const { data, error, refetch } = useQuery(PROVIDERS, { context: { guest: false } });
  const { isPending, problem, attempt } = useAttempts((code) => code === "PROVIDER_DISABLED" && refetch());
  const [decision, setDecision] = useState<Decision | null>(null);
  const find = (name: string) => data?.authProviders.find((provider) => provider.name === name);
  const canUsePasskeys = hasPasskeysOf(find("passkey")?.rpId);

  const ask = (offer: Conflict | null, canSwitch = true): void => setDecision(offer && { offer, canSwitch });
  /** Links the credentials to the guest, who keeps what they did; an account that exists is a conflict, to be decided. */
  const link = async (credentials: Credentials, canSwitch: boolean): Promise<void> =>
    ask(await createAccount(credentials), canSwitch);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, event.nativeEvent.submitter);
    const credentials = {
      emailPassword: { email: String(form.get("email")), password: String(form.get("password")) },
    };
    attempt(() => (form.get("intent") === "log-in" ? logIn(credentials) : link(credentials, true)));
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
    listPasskeys().then(
      (offer) => isCurrent && ask(offer),
      (error) => isCurrent && attempt(() => Promise.reject(error)),
    );
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
            <button type="button" onClick={() => attempt(createPasskey)}>
              Create account with a passkey
            </button>
          )}
          <button type="button" onClick={() => attempt(async () => ask(await enterByPasskey()))}>
            Log in with a passkey
          </button>
        </fieldset>
      )}
      {find("email-otp") && (
        <CodeForm {...{ isGuest, isPending, attempt, logIn }} create={(code) => link(code, false)} />
      )}
      {!isGuest && find("anon-user") && (
        <button type="button" disabled={isPending} onClick={() => attempt(passerby.loginAnonymous)}>
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
            <button type="button" onClick={() => decide(decision.offer.merge)}>
              Merge and log in
            </button>
            {decision.canSwitch && (
              <button type="button" onClick={() => decide(decision.offer.switch)}>
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
