/** Codes by email. Their credentials go to `createAccount` or `logIn`, once and within ten minutes. */
import type { Credentials } from "@passerby/client";
import { passerby } from "./passerby.ts";

const REQUEST = "mutation RequestCode($email: String!) { requestEmailCode(email: $email) { email } }";

/** Sends an email with a code of six digits, and with a link to this page. */
export const requestCode = (email: string): Promise<unknown> =>
  passerby.request(REQUEST, { email }, { guest: false });

/**
 * The credentials of the link that opened this page; null if it was opened without. Send them after a click: some mail programs
 * open links by themselves.
 */
export function readLink(): Credentials | null {
  const token = new URLSearchParams(location.search).get("token");
  return token === null ? null : { emailOtp: { token } };
}

export const forgetLink = (): void => history.replaceState(null, "", location.pathname);
