/** Runs the browser's part of passkeys: from the options in a response to the `response` of the credentials. */

export interface PasskeyOptions {
  /** Whether they create a passkey, or log in with one. */
  readonly isNew: boolean;
  readonly publicKey: PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON;
}

/** The options of a passkey in a response's data; null when there are none. */
export function findPasskeyOptions(data: unknown): PasskeyOptions | null {
  if (typeof data !== "object" || data === null) return null;
  const { challenge, rp } = data as Record<string, unknown>;
  if (typeof challenge === "string")
    return { isNew: rp !== undefined, publicKey: data as PasskeyOptions["publicKey"] };
  return Object.values(data).reduce<PasskeyOptions | null>(
    (found, value) => findPasskeyOptions(value) ?? found,
    null,
  );
}

/** @throws Error what the person can do about it */
export async function runCeremony({ isNew, publicKey }: PasskeyOptions): Promise<object> {
  if (!window.isSecureContext || !("credentials" in navigator))
    throw new Error(`Browsers have passkeys on https and on localhost only. Open ${localAddress()}`);
  try {
    const credential = isNew
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
            publicKey as PublicKeyCredentialCreationOptionsJSON,
          ),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
            publicKey as PublicKeyCredentialRequestOptionsJSON,
          ),
        });
    return (credential as PublicKeyCredential).toJSON();
  } catch (error) {
    throw new Error(explain(error, isNew), { cause: error });
  }
}

function explain(error: unknown, isNew: boolean): string {
  const { name, message } = error as DOMException;
  if (name === "InvalidStateError") return "This device has a passkey of this user already.";
  if (name === "NotAllowedError")
    return `${isNew ? "No passkey was created" : "No passkey was used"}: the request was cancelled, timed out, or there is none. Try again.`;
  if (name === "SecurityError") return `The browser says: ${message} ${neededSettings()}`;
  return `The browser says: ${message}`;
}

const isAddress = /^[\d.]+$|^\[/.test(location.hostname);

function localAddress(): string {
  const { port, pathname } = location;
  return `http://localhost${port && `:${port}`}${pathname}`;
}

/** The settings with which passkeys work on this page; null on an IP address, to which browsers bind none. */
export const settingsHere = (): string | null =>
  isAddress
    ? null
    : JSON.stringify({ rpId: location.hostname, rpName: "Passerby", origins: [location.origin] });

export const neededSettings = (): string =>
  isAddress
    ? `Browsers bind passkeys to a domain, not to an IP address: open ${localAddress()}`
    : `The setting \`rpId\` must be ${location.hostname} or a domain above it, and \`origins\` must have ${location.origin}`;
