/** Login and linking by redirect: Google, Apple, and other OpenID Connect providers. */
import type { LinkResult, Passerby } from "./contract.ts";
import { RESULT } from "./documents.ts";
import { PasserbyError } from "./errors.ts";
import type { Session } from "./store.ts";

/** Options of `startOAuth`. */
export interface OAuthOptions {
  /** Its name in `authProviders`, such as `oauth2-google`. */
  readonly provider: string;
  /** The page of your app that calls `completeOAuth`: one of the provider's `redirectUris`, exactly. */
  readonly redirectUri: string;
  /** Whether the identity is added to the user; unless given, when one is signed in, such as a guest. */
  readonly link?: boolean | undefined;
}

const KEY = "passerby:oauth";
const START = `mutation StartOAuth($provider: String!, $redirectUri: String!, $link: Boolean!) {
  startOAuth(provider: $provider, redirectUri: $redirectUri, link: $link) { url state } }`;
const COMPLETE = `mutation CompleteOAuth($code: String!, $state: String!, $iss: String) {
  result: completeOAuth(code: $code, state: $state, iss: $iss) ${RESULT} }`;

/**
 * Sends the browser to the provider. On return, call `completeOAuth` there. Resolves when the browser is leaving.
 * @throws PasserbyError `PROVIDER_DISABLED`, `REDIRECT_URI_NOT_ALLOWED`
 */
export async function startOAuth(
  passerby: Passerby,
  { provider, redirectUri, link = passerby.session !== null }: OAuthOptions,
): Promise<void> {
  const { startOAuth } = await passerby.request<{ startOAuth: { url: string; state: string } }>(
    START,
    { provider, redirectUri, link },
    { guest: link },
  );
  sessionStorage.setItem(KEY, JSON.stringify({ state: startOAuth.state, provider, redirectUri, link }));
  location.assign(startOAuth.url);
}

/** Of each page, so that two calls, as in Strict Mode, complete it once. */
const completions = new WeakMap<Passerby, Map<string, Promise<LinkResult | null>>>();

/**
 * Completes the login or link on the page that the provider returned to, and takes its parameters out of the address.
 * @returns null if this page was not opened by such a return
 * @throws PasserbyError `OAUTH_CANCELLED` when the visitor or the provider declined; `OAUTH_STATE_INVALID` when it was not
 * started in this tab
 */
export function completeOAuth(passerby: Passerby): Promise<LinkResult | null> {
  const parameters = new URLSearchParams(location.search);
  const state = parameters.get("state");
  const ofPage = completions.get(passerby) ?? new Map<string, Promise<LinkResult | null>>();
  completions.set(passerby, ofPage);
  // The second call finds no parameters any more.
  if (!state) return [...ofPage.values()].at(-1) ?? Promise.resolve(null);
  const completion = complete(passerby, parameters, state);
  ofPage.set(state, completion);
  return completion;
}

async function complete(
  passerby: Passerby,
  parameters: URLSearchParams,
  state: string,
): Promise<LinkResult | null> {
  const started = takeStarted();
  history.replaceState(history.state, "", location.pathname + location.hash);
  // A link of an attacker, who wants this visitor to be signed in as them: nothing is sent.
  if (started?.state !== state)
    throw new PasserbyError("OAUTH_STATE_INVALID", "This login was not started here. Start again.");
  const declined = parameters.get("error");
  if (declined) {
    const message = parameters.get("error_description") ?? "The login was cancelled.";
    throw new PasserbyError("OAUTH_CANCELLED", message, { error: declined });
  }
  const variables = { code: parameters.get("code"), state, iss: parameters.get("iss") };
  return passerby.authenticate(COMPLETE, variables, {
    asUser: started.link,
    async switch(): Promise<Session> {
      await startOAuth(passerby, { ...started, link: false });
      // The browser is leaving.
      return new Promise(() => {});
    },
  });
}

function takeStarted(): (OAuthOptions & { readonly state: string; readonly link: boolean }) | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
