/** The dependencies of every surface. */
import type { Logger } from "pino";
import type { Deployments } from "./deployments/deployments.ts";
import type { SequencedEventLog } from "./events/event-log.ts";
import type { GuestProofs } from "./identity/login/guest-proofs.ts";
import type { OAuthServices } from "./identity/login/oauth-flows.ts";
import type { ProviderLookup } from "./identity/provider.ts";
import type { RevokedSessions } from "./identity/revocation/revoked-sessions.ts";
import type { NonRotatingTokens } from "./identity/sessions/non-rotating-tokens.ts";
import type { SigningKeys } from "./identity/tokens/signing-keys.ts";
import type { AdminKeys } from "./operators/admin-keys.ts";
import type { OperatorSessions } from "./operators/operator-sessions.ts";
import type { RequestLoad } from "./request-load.ts";
import type { ActiveSessionCounter } from "./statistics/active-sessions.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

export interface Services extends OAuthServices {
  readonly log: Logger;
  readonly load: RequestLoad;
  readonly eventLog: SequencedEventLog;
  readonly webhooks: Webhooks;
  /** The operators' actions; providers are looked up in `providers`. */
  readonly deployments: Omit<Deployments, keyof ProviderLookup>;
  readonly signingKeys: SigningKeys;
  readonly revokedSessions: RevokedSessions;
  readonly nonRotatingTokens: NonRotatingTokens;
  readonly adminKeys: AdminKeys;
  readonly operatorSessions: OperatorSessions;
  readonly activeSessions: ActiveSessionCounter;
  readonly guestProofs: GuestProofs;
}
