import { systemContext } from "../../request-context.ts";
import type { SigningKeys, SigningKeyView } from "./signing-keys.ts";

/**
 * Publishes a new signing key when the newest has signed for `rotationDays`, and deletes keys that are no longer
 * published. Several gateways may run it at the same time.
 * @param rotationDays null when only operators rotate keys
 * @returns the published key, if any, and how many were deleted
 */
export async function maintainSigningKeys(
  signingKeys: SigningKeys,
  rotationDays: number | null,
): Promise<{ published: SigningKeyView | null; purged: number }> {
  let published: SigningKeyView | null = null;
  if (rotationDays !== null) {
    const newest = await signingKeys.rotate(systemContext, { olderThanDays: rotationDays });
    if (newest.isNew) published = newest;
  }
  return { published, purged: await signingKeys.purge() };
}
