/** The operator action that the last operation requires: enabling a provider. */

export interface Hint {
  /** The disabled provider; null when the operation does not identify it. */
  readonly provider: string | null;
}

const listeners = new Set<() => void>();
let current: Hint | null = null;

export const readHint = (): Hint | null => current;

export function subscribeToHint(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param codes the error codes in the response to `query` */
export function noteHint(query: string, codes: readonly (string | undefined)[]): void {
  const before = current;
  current = codes.includes("PROVIDER_DISABLED")
    ? { provider: /\bemailPassword\b/.test(query) ? "local-userpass" : null }
    : null;
  if (before !== current) for (const listener of listeners) listener();
}

const consolePath = document.querySelector<HTMLMetaElement>('meta[name="console"]')?.content;

/** The console page of a provider; null when this gateway serves no console. */
export const consoleAddress = (provider: string | null): string | null =>
  consolePath === undefined
    ? null
    : new URL(`${consolePath}authentication/providers${provider ? `/${provider}` : ""}`, document.baseURI)
        .href;
