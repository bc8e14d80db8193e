/** The page: the current user and the sign-in methods. */
import "./styles.css";
import { gql, type TypedDocumentNode } from "@urql/core";
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
import { retryOnNetworkError } from "./retry.ts";
import { isVisitStarting, logInAnonymously, readSession, startVisit, subscribe } from "./session.ts";

interface Me {
  readonly expiresAt: string | null;
  readonly identities: readonly { readonly email: string | null }[];
}
const ME: TypedDocumentNode<{ me: Me | null }> = gql`
  query Me { me { expiresAt identities { email } } }
`;
const PROVIDERS: TypedDocumentNode<{ authProviders: { name: string }[] }> = gql`
  query SignInMethods { authProviders { name } }
`;

const client = createClient();

// The state of the page, besides the session.
let me: Me | null = null;
let signInMethods: string[] | null = null;
let conflict: Conflict | null = null;
let problem: string | null = null;
/** The error of the last load. */
let loadProblem: string | null = null;
let isPending = false;

function draw(): void {
  const session = readSession();
  const email = me?.identities.find((identity) => identity.email)?.email;
  const expiresAt = me?.expiresAt && new Date(me.expiresAt).toLocaleDateString();
  write("ending", session?.notice ? explainEnding(session.notice) : "");
  write("name", session?.isAnonymous ? "You are a guest." : `You are ${email ?? "…"}`);
  write("user-id", session?.userId ?? "");
  write("until", expiresAt ? ` Without an account, it expires on ${expiresAt}.` : "");
  write("problem", problem ?? loadProblem ?? "");

  show("notice", Boolean(session?.notice));
  show("account", session !== null);
  show("starting", isVisitStarting());
  show("logged-out", session === null && !isVisitStarting());
  show("log-out", session?.isAnonymous === false);
  show("sign-in", session?.isAnonymous !== false && !isVisitStarting());
  show("local-userpass", signInMethods?.includes("local-userpass"));
  show("closed", signInMethods?.includes("local-userpass") === false);
  show("create", session !== null);
  show("anon-user", signInMethods?.includes("anon-user") && session === null);
  show("problem", (problem ?? loadProblem) !== null);
  for (const button of document.querySelectorAll("button")) button.disabled = isPending;

  const dialog = find<HTMLDialogElement>("conflict");
  if (!conflict) dialog.close();
  else if (!dialog.open) dialog.showModal();
}

function find<Found extends HTMLElement>(id: string): Found {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element as Found;
}
function show(id: string, isShown = false): void {
  find(id).hidden = !isShown;
}
function write(id: string, text: string): void {
  find(id).textContent = text;
}

/** Identifies the user's state; a token refresh does not change it. */
const userKey = (): string => `${readSession()?.userId} ${readSession()?.isAnonymous}`;

const load = (): Promise<void> => retryOnNetworkError(loadOnce).catch(() => {});

/** @throws Error on a network error, after showing it */
async function loadOnce(): Promise<void> {
  const key = userKey();
  const options = { requestPolicy: "network-only" } as const;
  const [user, providers] = await Promise.all([
    client.query(ME, {}, options),
    client.query(PROVIDERS, {}, options),
  ]);
  // The user has changed meanwhile, and has been loaded separately.
  if (key !== userKey()) return;
  me = user.data?.me ?? null;
  signInMethods = providers.data?.authProviders.map(({ name }) => name) ?? signInMethods;
  const error = user.error ?? providers.error;
  loadProblem = error ? (error.graphQLErrors[0]?.message ?? explainError(error.networkError)) : null;
  draw();
  if (error?.networkError) throw error.networkError;
}

const readCredentials = (): Credentials => {
  const form = new FormData(find<HTMLFormElement>("local-userpass"));
  return { emailPassword: { email: String(form.get("email")), password: String(form.get("password")) } };
};

const actions: Record<string, () => Promise<unknown>> = {
  guest: logInAnonymously,
  dismiss: dismissNotice,
  "log-in": () => logIn(readCredentials()),
  "log-out": logOut,
  create: async () => {
    conflict = await createAccount(readCredentials());
  },
  merge: async () => {
    const offer = conflict;
    conflict = null;
    if (offer) await mergeIntoAccount(offer);
  },
  cancel: async () => {
    conflict = null;
  },
};

/** Runs the action of a button; buttons are disabled meanwhile. */
async function attempt(action: string): Promise<void> {
  problem = null;
  isPending = true;
  draw();
  try {
    await actions[action]?.();
  } catch (error) {
    problem = explainError(error);
    conflict = null;
    if (error instanceof GatewayError && error.code === "PROVIDER_DISABLED") load();
  }
  isPending = false;
  draw();
}

document.addEventListener("click", ({ target }) => {
  if (target instanceof HTMLButtonElement && target.type === "button") attempt(target.dataset.action ?? "");
});
find("conflict").addEventListener("cancel", () => attempt("cancel"));
find("local-userpass").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(event.submitter?.dataset.action ?? "");
});

// Not awaited, so that the page renders even while the gateway does not respond.
startVisit();

let shown = userKey();
subscribe(() => {
  if (shown !== userKey()) {
    shown = userKey();
    [me, conflict] = [null, null];
    find<HTMLFormElement>("local-userpass").reset();
    load();
  }
  draw();
});
draw();
load();
