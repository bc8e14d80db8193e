/** The page: the current user and the sign-in methods. */
import "./styles.css";
import { type Conflict, type Credentials, PasserbyError } from "@passerby/client";
import { gql, type TypedDocumentNode } from "@urql/core";
import { createAccount, logIn } from "./account.ts";
import { createClient } from "./client.ts";
import { forgetLink, readLink, requestCode } from "./email-codes.ts";
import { explainEnding, explainError, OFFLINE } from "./explain.ts";
import { passerby } from "./passerby.ts";
import { createPasskey, enterByPasskey, hasPasskeysOf, listPasskeys } from "./passkeys.ts";

interface Me {
  readonly expiresAt: string | null;
  readonly identities: readonly { readonly email: string | null }[];
}
const ME: TypedDocumentNode<{ me: Me | null }> = gql`
  query Me { me { expiresAt identities { email } } }
`;
interface Provider {
  readonly name: string;
  readonly rpId: string | null;
}
const PROVIDERS: TypedDocumentNode<{ authProviders: Provider[] }> = gql`
  query SignInMethods { authProviders { name rpId } }
`;

const client = createClient();

// The state of the page, besides the session.
let me: Me | null = null;
let providers: Provider[] | null = null;
/** `canSwitch` is false for a code, which is used by now. */
let conflict: { offer: Conflict; canSwitch: boolean } | null = null;
/** Who got a code. */
let codeEmail: string | null = null;
let problem: string | null = null;
/** The error of the last load. */
let loadProblem: string | null = null;
let isPending = false;

function draw(): void {
  const { session, notice, isStarting, isOffline } = passerby.state;
  const shownProblem = problem ?? loadProblem ?? (isOffline ? OFFLINE : null);
  const email = me?.identities.find((identity) => identity.email)?.email;
  const expiresAt = me?.expiresAt && new Date(me.expiresAt).toLocaleDateString();
  write("ending", notice ? explainEnding(notice) : "");
  write("name", session?.isAnonymous ? "You are a guest." : `You are ${email ?? (me ? "logged in" : "…")}`);
  write("user-id", session?.userId ?? "");
  write("until", expiresAt ? ` Without an account, it expires on ${expiresAt}.` : "");
  write("problem", shownProblem ?? "");

  show("notice", notice !== null);
  show("account", session !== null);
  show("starting", isStarting);
  show("logged-out", session === null && !isStarting);
  show("log-out", session?.isAnonymous === false);
  show("sign-in", session?.isAnonymous !== false && !isStarting);
  show("local-userpass", isEnabled("local-userpass"));
  show("closed", providers !== null && !isEnabled("local-userpass"));
  show("passkey", canUsePasskeys());
  const [canUseCodes, isByLink] = [isEnabled("email-otp"), readLink() !== null];
  write("code-email", codeEmail ?? "");
  show("email-otp", canUseCodes && !isByLink && codeEmail === null);
  show("code", canUseCodes && !isByLink && codeEmail !== null);
  for (const id of ["linked", "link"]) show(id, canUseCodes && isByLink);
  show("log-in-instead", conflict?.canSwitch);
  for (const id of ["create", "create-passkey", "create-by-code", "create-by-link"])
    show(id, session !== null);
  show("anon-user", isEnabled("anon-user") && session === null);
  show("problem", shownProblem !== null);
  for (const button of document.querySelectorAll("button")) button.disabled = isPending;

  const dialog = find<HTMLDialogElement>("conflict");
  if (!conflict) dialog.close();
  else if (!dialog.open) dialog.showModal();
}

const isEnabled = (name: string): boolean => providers?.some((each) => each.name === name) ?? false;
const canUsePasskeys = (): boolean => hasPasskeysOf(providers?.find(({ name }) => name === "passkey")?.rpId);

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
const userKey = (): string => `${passerby.session?.userId} ${passerby.session?.isAnonymous}`;

/** Waits while there is no response. */
async function load(): Promise<void> {
  const key = userKey();
  const options = { requestPolicy: "network-only" } as const;
  const [user, enabled] = await Promise.all([
    passerby.session && client.query(ME, {}, options),
    client.query(PROVIDERS, {}, { ...options, guest: false }),
  ]);
  // The user has changed meanwhile, and has been loaded separately.
  if (key !== userKey()) return;
  me = user?.data?.me ?? null;
  providers = enabled.data?.authProviders ?? providers;
  const error = user?.error ?? enabled.error;
  loadProblem = error ? (error.graphQLErrors[0]?.message ?? explainError(error.networkError)) : null;
  draw();
  offerPasskeys();
}

const read = (form: string, name: string): string =>
  String(new FormData(find<HTMLFormElement>(form)).get(name));
const readCredentials = (): Credentials => ({
  emailPassword: { email: read("local-userpass", "email"), password: read("local-userpass", "password") },
});
const readCode = (): Credentials => ({ emailOtp: { email: codeEmail ?? "", code: read("code", "code") } });

function forgetCode(): void {
  codeEmail = null;
  find<HTMLFormElement>("code").reset();
  forgetLink();
}

const ask = (offer: Conflict | null, canSwitch = true): void => {
  conflict = offer && { offer, canSwitch };
};
/** Links the credentials to the guest, who keeps what they did; an account that exists is a conflict, to be decided. */
const link = async (credentials: Credentials, canSwitch: boolean): Promise<void> =>
  ask(await createAccount(credentials), canSwitch);

const actions: Record<string, () => Promise<unknown>> = {
  guest: passerby.loginAnonymous,
  dismiss: passerby.dismissNotice,
  "log-in": () => logIn(readCredentials()),
  "log-out": () => passerby.logout(),
  create: () => link(readCredentials(), true),
  "create-passkey": createPasskey,
  "use-passkey": async () => ask(await enterByPasskey()),
  "request-code": async () => {
    const email = read("email-otp", "email");
    await requestCode(email);
    codeEmail = email;
  },
  "create-by-code": () => link(readCode(), false).then(forgetCode),
  "log-in-by-code": () => logIn(readCode()).then(forgetCode),
  "create-by-link": () => link(readLink() ?? readCode(), false).then(forgetCode),
  "log-in-by-link": () => logIn(readLink() ?? readCode()).then(forgetCode),
  "forget-code": async () => forgetCode(),
  merge: () => decide(({ offer }) => offer.merge()),
  "log-in-instead": () => decide(({ offer }) => offer.switch()),
  cancel: () => decide(async () => {}),
};

async function decide(act: (decided: NonNullable<typeof conflict>) => Promise<unknown>): Promise<void> {
  const decided = conflict;
  conflict = null;
  if (decided) await act(decided);
}

let isListing = false;
/** Lists passkeys in the input of the email, until one is chosen or a button is pressed. */
async function offerPasskeys(): Promise<void> {
  if (isListing || !canUsePasskeys() || find("sign-in").hidden || isPending || conflict) return;
  isListing = true;
  try {
    const offer = await listPasskeys();
    if (offer) ask(offer);
  } catch (error) {
    problem = explainError(error);
  }
  isListing = false;
  draw();
}

/** Runs an action; buttons are disabled meanwhile. */
async function attempt(act: (() => Promise<unknown>) | undefined): Promise<void> {
  problem = null;
  isPending = true;
  draw();
  try {
    await act?.();
  } catch (error) {
    problem = explainError(error);
    conflict = null;
    if (error instanceof PasserbyError && error.code === "PROVIDER_DISABLED") load();
  }
  isPending = false;
  draw();
  offerPasskeys();
}

document.addEventListener("click", ({ target }) => {
  if (target instanceof HTMLButtonElement && target.type === "button")
    attempt(actions[target.dataset.action ?? ""]);
});
find("conflict").addEventListener("cancel", () => attempt(actions.cancel));
document.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(actions[event.submitter?.dataset.action ?? ""]);
});

// Not awaited, so that the page renders even while the gateway does not respond.
passerby.getAccessToken().catch(() => {});

let shown = userKey();
passerby.subscribe(() => {
  if (shown !== userKey()) {
    shown = userKey();
    [me, conflict] = [null, null];
    if (passerby.session?.isAnonymous === false) forgetCode();
    find<HTMLFormElement>("local-userpass").reset();
    load();
  }
  draw();
});
draw();
load();
