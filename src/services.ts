/** What every surface works with. */
import type { Logger } from "pino";
import type { Deployments } from "./deployments/deployments.ts";
import type { AdminKeys } from "./identity/admin-keys.ts";
import type { LastingTokens } from "./identity/lasting-tokens.ts";
import type { LiveSessionCounter } from "./identity/live-sessions.ts";
import type { OAuthServices } from "./identity/oauth-flows.ts";
import type { OperatorSessions } from "./identity/operator-sessions.ts";
import type { RevokedSessions } from "./identity/revoked-sessions.ts";
import type { SigningKeys } from "./identity/signing-keys.ts";

export interface Services extends OAuthServices {
  readonly log: Logger;
  readonly deployments: Deployments;
  readonly signingKeys: SigningKeys;
  readonly revokedSessions: RevokedSessions;
  readonly lastingTokens: LastingTokens;
  readonly adminKeys: AdminKeys;
  readonly operatorSessions: OperatorSessions;
  readonly liveSessions: LiveSessionCounter;
}
