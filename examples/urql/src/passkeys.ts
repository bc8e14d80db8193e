/** Passkeys: the browser's part. Their credentials go to `createAccount` or `logIn`, once and within five minutes. */
import { type Credentials, requestAsUser } from "./account.ts";
import { request } from "./gateway.ts";
import { changeSession } from "./session.ts";

const NEW = "mutation NewPasskey { passkeyRegistrationOptions { options } }";
const ASK = "mutation AskPasskey { passkeyLoginOptions { options } }";

/** @param rpId of `authProviders`: the domain that passkeys belong to */
export const hasPasskeys = (rpId: string | null | undefined): boolean =>
  typeof rpId === "string" &&
  (location.hostname === rpId || location.hostname.endsWith(`.${rpId}`)) &&
  "PublicKeyCredential" in window &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** Creates a passkey for the current user. @throws DOMException of the browser, such as when the person cancels */
export async function createPasskey(): Promise<Credentials> {
  const signal = startCeremony();
  const { passkeyRegistrationOptions } = await changeSession(() =>
    requestAsUser<{ passkeyRegistrationOptions: { options: PublicKeyCredentialCreationOptionsJSON } }>(
      NEW,
      {},
    ),
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(passkeyRegistrationOptions.options);
  return toCredentials(await navigator.credentials.create({ publicKey, signal }));
}

/** Shows the passkeys of this browser. @throws DOMException as above */
export const askForPasskey = (): Promise<Credentials> => getPasskey(startCeremony(), "optional");

/**
 * Lists the passkeys in inputs with `autocomplete="username webauthn"`, until one is chosen.
 * @returns null when the browser has no such list, another ceremony starts, or there is no answer
 */
export async function listPasskeys(): Promise<Credentials | null> {
  const signal = startCeremony();
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return null;
  return getPasskey(signal, "conditional").catch(() => null);
}

async function getPasskey(
  signal: AbortSignal,
  mediation: CredentialMediationRequirement,
): Promise<Credentials> {
  const { passkeyLoginOptions } = await request<{
    passkeyLoginOptions: { options: PublicKeyCredentialRequestOptionsJSON };
  }>(ASK, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(passkeyLoginOptions.options);
  return toCredentials(await navigator.credentials.get({ publicKey, signal, mediation }));
}

let ceremony = new AbortController();
/** A browser runs one at a time: the list of an input ends when a button is pressed. */
function startCeremony(): AbortSignal {
  ceremony.abort();
  ceremony = new AbortController();
  return ceremony.signal;
}

const toCredentials = (credential: Credential | null): Credentials => ({
  passkey: { response: (credential as PublicKeyCredential).toJSON() },
});
