/** The page: who you are, and the ways in. */
import "./styles.css";
import { gql, type TypedDocumentNode } from "@urql/core";
import { createClient } from "./client.ts";
import { explainEnding, explainError } from "./explain.ts";
import { Refusal } from "./gateway.ts";
import { enterAsGuest, isVisitStarting, readSession, startVisit, subscribe } from "./session.ts";
import { untilAnswered } from "./until-answered.ts";
import {
  type Conflict,
  type Credentials,
  createAccount,
  dismissNotice,
  logIn,
  logOut,
  mergeIntoAccount,
} from "./ways-in.ts";

interface Me {
  readonly expiresAt: string | null;
  readonly identities: readonly { readonly email: string | null }[];
}
const ME: TypedDocumentNode<{ me: Me | null }> = gql`
  query Me { me { expiresAt identities { email } } }
`;
const WAYS_IN: TypedDocumentNode<{ authProviders: { name: string }[] }> = gql`
  query SignInMethods { authProviders { name } }
`;

const client = createClient();

// What the page shows, beside the session.
let me: Me | null = null;
let signInMethods: string[] | null = null;
let conflict: Conflict | null = null;
let problem: string | null = null;
/** Why what the page shows could not be read. */
let loadProblem: string | null = null;
let isPending = false;

function draw(): void {
  const session = readSession();
  const email = me?.identities.find((identity) => identity.email)?.email;
  const expiresAt = me?.expiresAt && new Date(me.expiresAt).toLocaleDateString();
  write("ending", session?.notice ? explainEnding(session.notice) : "");
  write("name", session?.isAnonymous ? "You are a guest." : `You are ${email ?? "…"}`);
  write("user-id", session?.userId ?? "");
  write("until", expiresAt ? ` Without an account it is kept until ${expiresAt}.` : "");
  write("problem", problem ?? loadProblem ?? "");

  show("notice", Boolean(session?.notice));
  show("account", session !== null);
  show("starting", isVisitStarting());
  show("logged-out", session === null && !isVisitStarting());
  show("log-out", session?.isAnonymous === false);
  show("ways-in", session?.isAnonymous !== false && !isVisitStarting());
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

/** Who the page is about; the next tokens of the same user change nothing of it. */
const whoIsSignedIn = (): string => `${readSession()?.userId} ${readSession()?.isAnonymous}`;

const load = (): Promise<void> => untilAnswered(loadOnce).catch(() => {});

/** @throws Error when no answer came, once the page says so */
async function loadOnce(): Promise<void> {
  const who = whoIsSignedIn();
  const again = { requestPolicy: "network-only" } as const;
  const [mine, ways] = await Promise.all([client.query(ME, {}, again), client.query(WAYS_IN, {}, again)]);
  // Somebody else is signed in by now, and has been asked about.
  if (who !== whoIsSignedIn()) return;
  me = mine.data?.me ?? null;
  signInMethods = ways.data?.authProviders.map(({ name }) => name) ?? signInMethods;
  const error = mine.error ?? ways.error;
  loadProblem = error ? (error.graphQLErrors[0]?.message ?? explainError(error.networkError)) : null;
  draw();
  if (error?.networkError) throw error.networkError;
}

const readCredentials = (): Credentials => {
  const form = new FormData(find<HTMLFormElement>("local-userpass"));
  return { emailPassword: { email: String(form.get("email")), password: String(form.get("password")) } };
};

const acts: Record<string, () => Promise<unknown>> = {
  enter: enterAsGuest,
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
  "not-now": async () => {
    conflict = null;
  },
};

/** Runs what a button asks for, one thing at a time. */
async function attempt(act: string): Promise<void> {
  problem = null;
  isPending = true;
  draw();
  try {
    await acts[act]?.();
  } catch (error) {
    problem = explainError(error);
    conflict = null;
    if (error instanceof Refusal && error.code === "PROVIDER_DISABLED") load();
  }
  isPending = false;
  draw();
}

document.addEventListener("click", ({ target }) => {
  if (target instanceof HTMLButtonElement && target.type === "button") attempt(target.dataset.act ?? "");
});
find("conflict").addEventListener("cancel", () => attempt("not-now"));
find("local-userpass").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(event.submitter?.dataset.act ?? "");
});

// Not awaited: the page is there at once, also while the gateway does not answer.
startVisit();

let shown = whoIsSignedIn();
subscribe(() => {
  if (shown !== whoIsSignedIn()) {
    shown = whoIsSignedIn();
    [me, conflict] = [null, null];
    find<HTMLFormElement>("local-userpass").reset();
    load();
  }
  draw();
});
draw();
load();
