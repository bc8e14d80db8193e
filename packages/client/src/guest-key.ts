/** The idempotency key of a login of a guest: stored until it is answered, so that retries and all tabs make one user. */
import type { Item } from "./storage.ts";

/** @returns null where there is no cryptographic randomness, as in React Native without a polyfill */
export async function guestKey(item: Item): Promise<string | null> {
  const stored = await item.read();
  if (stored) return stored;
  if (!globalThis.crypto?.getRandomValues) return null;
  // Not randomUUID, which requires https or localhost.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  await item.write(key);
  return key;
}
