/** What an operator has to do before the operation that ran last can succeed. */

export interface Hint {
  /** The provider that is off; null when the operation does not tell. */
  readonly provider: string | null;
}

const listeners = new Set<() => void>();
let current: Hint | null = null;

export const readHint = (): Hint | null => current;

export function subscribeToHint(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param codes of the errors in the answer to `query` */
export function noteHint(query: string, codes: readonly (string | undefined)[]): void {
  const before = current;
  current = codes.includes("PROVIDER_DISABLED")
    ? { provider: /\bemailPassword\b/.test(query) ? "local-userpass" : null }
    : null;
  if (before !== current) for (const listener of listeners) listener();
}

const place = document.querySelector<HTMLMetaElement>('meta[name="console"]')?.content;

/** Where an operator switches a provider on; null when this gateway serves no console. */
export const consoleAddress = (provider: string | null): string | null =>
  place === undefined
    ? null
    : new URL(`${place}authentication/providers${provider ? `/${provider}` : ""}`, document.baseURI).href;
