import type { SigningKeys, SigningKeyView } from "./signing-keys.ts";

/**
 * What signing keys need by themselves: a new one when the newest has signed for so many days, and the end of those
 * that nobody needs. Safe from several gateways at once.
 * @param rotationDays null leaves rotating to operators
 * @returns the key that it published, if any, and how many it deleted
 */
export async function keepSigningKeys(
  signingKeys: SigningKeys,
  rotationDays: number | null,
): Promise<{ published: SigningKeyView | null; purged: number }> {
  let published: SigningKeyView | null = null;
  if (rotationDays !== null) {
    const newest = await signingKeys.rotate({ olderThanDays: rotationDays });
    if (newest.isNew) published = newest;
  }
  return { published, purged: await signingKeys.purge() };
}
