/** Append-only, oldest first. A migration that has been released is never changed. */
import { Foundation1763942400000 } from "./1763942400000-foundation.ts";
import { WaysIn1764028800000 } from "./1764028800000-ways-in.ts";
import { AuditAndStatistics1764115200000 } from "./1764115200000-audit-and-statistics.ts";
import { OperatorSessions1764118800000 } from "./1764118800000-operator-sessions.ts";
import { TokenLife1764126000000 } from "./1764126000000-token-life.ts";
import { Revocation1764129600000 } from "./1764129600000-revocation.ts";
import { CanonicalEmails1764140400000 } from "./1764140400000-canonical-emails.ts";
import { RemovedSessionOwners1764144000000 } from "./1764144000000-removed-session-owners.ts";
import { DraftSaves1764147600000 } from "./1764147600000-draft-saves.ts";
import { PendingRegistrations1764151200000 } from "./1764151200000-pending-registrations.ts";
import { LiveSessionsOfAUser1764154800000 } from "./1764154800000-live-sessions-of-a-user.ts";
import { TypedEmails1764158400000 } from "./1764158400000-typed-emails.ts";
import { PlainNames1764162000000 } from "./1764162000000-plain-names.ts";
import { DomainEvents1764201600000 } from "./1764201600000-domain-events.ts";
import { LoginFlows1764205200000 } from "./1764205200000-login-flows.ts";
import { Passkeys1764208800000 } from "./1764208800000-passkeys.ts";
import { DeliveryIndexes1764212400000 } from "./1764212400000-delivery-indexes.ts";
import { KeyBoundSessions1764216000000 } from "./1764216000000-key-bound-sessions.ts";
import { EmailCodes1764219600000 } from "./1764219600000-email-codes.ts";

export const migrations = [
  Foundation1763942400000,
  WaysIn1764028800000,
  AuditAndStatistics1764115200000,
  OperatorSessions1764118800000,
  TokenLife1764126000000,
  Revocation1764129600000,
  CanonicalEmails1764140400000,
  RemovedSessionOwners1764144000000,
  DraftSaves1764147600000,
  PendingRegistrations1764151200000,
  LiveSessionsOfAUser1764154800000,
  TypedEmails1764158400000,
  PlainNames1764162000000,
  DomainEvents1764201600000,
  LoginFlows1764205200000,
  Passkeys1764208800000,
  DeliveryIndexes1764212400000,
  KeyBoundSessions1764216000000,
  EmailCodes1764219600000,
];
