/** `@passerby/client`: a user for every visitor of a front end. */

export type {
  AuthenticateOptions,
  Conflict,
  LinkResult,
  Passerby,
  PasserbyOptions,
  TokenOptions,
} from "./contract.ts";
export type { Credentials } from "./documents.ts";
export { type ErrorCode, PasserbyError } from "./errors.ts";
export type { Lock } from "./lock.ts";
export { completeOAuth, type OAuthOptions, startOAuth } from "./oauth.ts";
export { createPasserby } from "./passerby.ts";
export { hasPasskeyAutofill, hasPasskeys, loginWithPasskey, registerPasskey } from "./passkeys.ts";
export type { Target } from "./session-key.ts";
export type { SessionStorage } from "./storage.ts";
export type { Session, State } from "./store.ts";
