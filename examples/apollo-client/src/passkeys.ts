/** Passkeys: where they fit the page, and logging in and creating one. */
import {
  type Conflict,
  hasPasskeyAutofill,
  hasPasskeys,
  loginWithPasskey,
  PasserbyError,
  registerPasskey,
} from "@passerby/client";
import { naming } from "./account.ts";
import { passerby } from "./passerby.ts";

/** @param rpId of `authProviders`: the domain that passkeys belong to */
export const hasPasskeysOf = (rpId: string | null | undefined): boolean =>
  typeof rpId === "string" &&
  (location.hostname === rpId || location.hostname.endsWith(`.${rpId}`)) &&
  hasPasskeys();

/** Makes the guest permanent. */
export const createPasskey = (): Promise<unknown> => naming("passkey", registerPasskey(passerby));

/** @returns a conflict for a guest who has an account, as the owner of a passkey does; null after a login */
export const enterByPasskey = async (
  mediation?: CredentialMediationRequirement,
): Promise<Conflict | null> => {
  const answer = await naming("passkey", loginWithPasskey(passerby, mediation && { mediation }));
  return answer.conflict ?? null;
};

/**
 * Lists the passkeys in inputs with `autocomplete="username webauthn"`, until one is chosen.
 * @returns as above; null as well when none was chosen, or the browser has no such list
 */
export async function listPasskeys(): Promise<Conflict | null> {
  if (!(await hasPasskeyAutofill())) return null;
  try {
    return await enterByPasskey("conditional");
  } catch (error) {
    // Of one that was chosen. Otherwise nothing was asked for that has to be answered.
    if (error instanceof PasserbyError && error.code === "INVALID_CREDENTIALS") throw error;
    return null;
  }
}
