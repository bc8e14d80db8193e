/**
 * What a server that takes tokens or events of the gateway imports: `passerby/subgraph`. It needs `jose`, `fetch` and Web
 * Crypto, and nothing of the gateway runs.
 */
export type { EventData, EventType, SessionEndReason } from "../events/event-types.ts";
export { AccessTokenError, type AccessTokenErrorCode } from "./access-token-error.ts";
export type { AccessTokenClaims } from "./claims.ts";
export {
  type Caller,
  type ContextOptions,
  type PasserbyContext,
  passerbyContext,
} from "./context.ts";
export type { GraphQLErrorClass } from "./graph-error.ts";
export { type LifecycleHandler, lifecycleHandler } from "./lifecycle/lifecycle-handler.ts";
export type {
  EventOf,
  LifecycleCallback,
  LifecycleEvent,
  LifecycleOptions,
  SeenStore,
} from "./lifecycle/lifecycle-options.ts";
export type { VerifierOptions } from "./options.ts";
export type { TokenRequest } from "./proofs.ts";
export type { RequestSource } from "./request-source.ts";
export { requirePermanentUser, requireUser } from "./require-user.ts";
export { createVerifier, type Verifier, verifyAccessToken } from "./verifier.ts";
