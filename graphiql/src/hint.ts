/** What the last operation requires next, such as an operator's action or a passkey. */
import { findPasskeyOptions, type PasskeyOptions } from "./passkey.ts";

export type Hint =
  | {
      readonly kind: "disabled";
      /** null when the operation does not identify it. */
      readonly provider: string | null;
    }
  | { readonly kind: "options"; readonly options: PasskeyOptions }
  | { readonly kind: "response"; readonly response: object; readonly isNew: boolean }
  /** The gateway rejected the response of a passkey. */
  | { readonly kind: "rejected" };

const listeners = new Set<() => void>();
let current: Hint | null = null;

export const readHint = (): Hint | null => current;

export function subscribeToHint(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function showHint(hint: Hint | null): void {
  const before = current;
  current = hint;
  if (before !== current) for (const listener of listeners) listener();
}

interface Operation {
  readonly query: string;
  readonly data: unknown;
  /** The error codes in the response. */
  readonly codes: readonly (string | undefined)[];
}

export function noteHint({ query, data, codes }: Operation): void {
  const usesPasskey = /\bpasskey\s*:/.test(query);
  const options = findPasskeyOptions(data);
  if (codes.includes("PROVIDER_DISABLED")) showHint({ kind: "disabled", provider: providerOf(query) });
  else if (options) showHint({ kind: "options", options });
  else if (usesPasskey && codes.includes("INVALID_CREDENTIALS")) showHint({ kind: "rejected" });
  // The response of a passkey waits for the operation that sends it.
  else if (current?.kind !== "response" || usesPasskey) showHint(null);
}

function providerOf(query: string): string | null {
  if (/\bemailPassword\b/.test(query)) return "local-userpass";
  if (/\b(emailOtp|requestEmailCode)\b/.test(query)) return "email-otp";
  return /\bpasskey/.test(query) ? "passkey" : null;
}

const consolePath = document.querySelector<HTMLMetaElement>('meta[name="console"]')?.content;

/** The console page of a provider; null when this gateway serves no console. */
export const consoleAddress = (provider: string | null): string | null =>
  consolePath === undefined
    ? null
    : new URL(`${consolePath}authentication/providers${provider ? `/${provider}` : ""}`, document.baseURI)
        .href;
