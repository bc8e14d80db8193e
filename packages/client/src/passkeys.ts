/** Passkeys: a guest becomes permanent, and logs in, with one touch. */
import type { LinkResult, Passerby } from "./contract.ts";
import { LOGIN } from "./documents.ts";
import { PasserbyError } from "./errors.ts";
import { parseCreationOptions, parseRequestOptions, toJSON } from "./webauthn-json.ts";

/** Whether this browser has passkeys. `authProviders { name }` says whether the gateway takes them. */
export const hasPasskeys = (): boolean => typeof PublicKeyCredential === "function";

/** Whether the browser can list passkeys in an input: `<input autocomplete="username webauthn">`. */
export const hasPasskeyAutofill = async (): Promise<boolean> =>
  hasPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;

let pending = new AbortController();

/** WebAuthn allows one ceremony at a time in a page: the list of an input ends when another one begins. */
function beginCeremony(signal: AbortSignal | undefined): AbortSignal {
  pending.abort();
  const own = new AbortController();
  pending = own;
  if (signal?.aborted) own.abort();
  signal?.addEventListener("abort", () => own.abort());
  return own.signal;
}

/**
 * Creates a passkey and links it to the user: a guest becomes permanent, a permanent user gets another one.
 * @param options.name to tell the user's passkeys apart, such as `Ada's phone`
 * @throws PasserbyError `PASSKEY_CANCELLED`, `PASSKEY_EXISTS` when this device has one of the user, `PASSKEY_UNSUPPORTED`
 */
export async function registerPasskey(
  passerby: Passerby,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<LinkResult> {
  requirePasskeys();
  const { name } = options;
  const signal = beginCeremony(options.signal);
  const { passkeyRegistrationOptions } = await passerby.request<{
    passkeyRegistrationOptions: { options: PublicKeyCredentialCreationOptionsJSON };
  }>("mutation RegisterPasskey($name: String) { passkeyRegistrationOptions(name: $name) { options } }", {
    name,
  });
  const publicKey = parseCreationOptions(passkeyRegistrationOptions.options);
  const response = await ceremony(() => navigator.credentials.create({ publicKey, signal }));
  return passerby.link({ passkey: { response } });
}

/**
 * Logs in with a passkey that the browser offers. For a guest it is a conflict, to merge or to switch; `switch()` asks for another
 * touch, because an answer can be used once.
 * @param options.mediation `conditional` for the list of an input, which ends when another ceremony begins
 * @throws PasserbyError `PASSKEY_CANCELLED`, `PASSKEY_UNSUPPORTED`, `INVALID_CREDENTIALS`
 */
export async function loginWithPasskey(
  passerby: Passerby,
  options: { readonly mediation?: CredentialMediationRequirement; readonly signal?: AbortSignal } = {},
): Promise<LinkResult> {
  const response = await assert(passerby, options);
  const switchTo = async () => {
    const { linked, conflict } = await login(passerby, await assert(passerby, {}));
    return linked ?? conflict.switch();
  };
  if (!passerby.session?.isAnonymous) return login(passerby, response);
  const result = await passerby.link({ passkey: { response } });
  return result.conflict ? { conflict: { ...result.conflict, switch: switchTo } } : result;
}

const login = (passerby: Passerby, response: object): Promise<LinkResult> =>
  passerby.authenticate(
    LOGIN,
    { credentials: { passkey: { response } } },
    { asUser: false, switch: () => passerby.login({ passkey: { response } }) },
  );

async function assert(
  passerby: Passerby,
  options: { readonly mediation?: CredentialMediationRequirement; readonly signal?: AbortSignal },
): Promise<object> {
  requirePasskeys();
  const { mediation } = options;
  const signal = beginCeremony(options.signal);
  const { passkeyLoginOptions } = await passerby.request<{
    passkeyLoginOptions: { options: PublicKeyCredentialRequestOptionsJSON };
  }>("mutation UsePasskey { passkeyLoginOptions { options } }", {}, { guest: false });
  const publicKey = parseRequestOptions(passkeyLoginOptions.options);
  return ceremony(() => navigator.credentials.get({ publicKey, signal, ...(mediation && { mediation }) }));
}

function requirePasskeys(): void {
  if (!hasPasskeys()) throw new PasserbyError("PASSKEY_UNSUPPORTED", "This browser has no passkeys.");
}

const FAILURES: Record<string, [code: string, message: string]> = {
  InvalidStateError: ["PASSKEY_EXISTS", "This device already has a passkey of this account."],
  NotSupportedError: ["PASSKEY_UNSUPPORTED", "This device has no passkeys."],
  SecurityError: [
    "PASSKEY_UNSUPPORTED",
    "This page is not at the domain of the passkeys: the provider's rpId.",
  ],
};

async function ceremony(act: () => Promise<Credential | null>): Promise<object> {
  try {
    const credential = await act();
    if (credential) return toJSON(credential as PublicKeyCredential);
    throw new Error("The browser returned no credential.");
  } catch (cause) {
    const [code, message] = FAILURES[(cause as Error).name] ?? [
      "PASSKEY_CANCELLED",
      "The passkey was not used.",
    ];
    throw new PasserbyError(code, message, {}, cause);
  }
}
