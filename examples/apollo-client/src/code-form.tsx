/** Asks for a code by email, and takes it; or the link of the email, when that opened the page. */
import type { Credentials } from "@passerby/client";
import { type SubmitEvent, useState } from "react";
import { forgetLink, readLink, requestCode } from "./email-codes.ts";

interface Actions {
  readonly isGuest: boolean;
  readonly isPending: boolean;
  attempt(act: () => Promise<unknown>): void;
  create(credentials: Credentials): Promise<unknown>;
  logIn(credentials: Credentials): Promise<unknown>;
}

export function CodeForm({ isGuest, isPending, attempt, create, logIn }: Actions) {
  const [link, setLink] = useState(readLink);
  const [email, setEmail] = useState<string | null>(null);
  const forget = () => {
    forgetLink();
    setLink(null);
    setEmail(null);
  };
  const ask = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = String(new FormData(event.currentTarget).get("email"));
    attempt(() => requestCode(asked).then(() => setEmail(asked)));
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, event.nativeEvent.submitter);
    const credentials = link ?? { emailOtp: { email: email ?? "", code: String(form.get("code")) } };
    const act = form.get("intent") === "create" ? create : logIn;
    attempt(() => act(credentials).then(forget));
  };

  if (!link && email === null) {
    return (
      <form onSubmit={ask}>
        <label>
          Email for a code
          <input name="email" type="email" autoComplete="email" required />
        </label>
        <fieldset disabled={isPending}>
          <button type="submit">Send a code</button>
        </fieldset>
      </form>
    );
  }
  const means = link ? "link" : "code";
  return (
    <form onSubmit={submit}>
      <p>{link ? "You opened the link of an email." : `An email with a code was sent to ${email}.`}</p>
      {!link && (
        <label>
          Code
          <input name="code" inputMode="numeric" autoComplete="one-time-code" required />
        </label>
      )}
      <fieldset disabled={isPending}>
        {isGuest && (
          <button type="submit" name="intent" value="create">
            Create account with the {means}
          </button>
        )}
        <button type="submit" name="intent" value="log-in">
          Log in with the {means}
        </button>
        <button type="button" onClick={forget}>
          Cancel
        </button>
      </fieldset>
    </form>
  );
}
