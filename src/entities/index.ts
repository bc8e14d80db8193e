/** All entities. */
import { AdminKey } from "./admin-key.ts";
import { AnonymousLoginKey } from "./anonymous-login-key.ts";
import { ApiKey } from "./api-key.ts";
import { AuditEvent } from "./audit-event.ts";
import { Counter } from "./counter.ts";
import { DailyCount } from "./daily-count.ts";
import { DeploymentRecord, DraftRecord } from "./deployment.ts";
import { EmailToken } from "./email-token.ts";
import { Erasure } from "./erasure.ts";
import { Event } from "./event.ts";
import { FormerUserId } from "./former-user-id.ts";
import { Identity } from "./identity.ts";
import { JobLease } from "./job-lease.ts";
import { LoginFlow } from "./login-flow.ts";
import { MergeTicket } from "./merge-ticket.ts";
import { OperatorSession } from "./operator-session.ts";
import { OutgoingEmail } from "./outgoing-email.ts";
import { Passkey } from "./passkey.ts";
import { PasswordCredential } from "./password-credential.ts";
import { PendingRegistration } from "./pending-registration.ts";
import { PurgeReceipt } from "./purge-receipt.ts";
import { Session } from "./session.ts";
import { SessionTombstone } from "./session-tombstone.ts";
import { SigningKey } from "./signing-key.ts";
import { UsedProof } from "./used-proof.ts";
import { User } from "./user.ts";
import { WebhookDelivery } from "./webhook-delivery.ts";
import { WebhookEndpoint } from "./webhook-endpoint.ts";

export const entities = [
  User,
  Identity,
  PasswordCredential,
  Passkey,
  PendingRegistration,
  FormerUserId,
  Session,
  SessionTombstone,
  UsedProof,
  AnonymousLoginKey,
  MergeTicket,
  LoginFlow,
  ApiKey,
  EmailToken,
  OutgoingEmail,
  SigningKey,
  DeploymentRecord,
  DraftRecord,
  AdminKey,
  OperatorSession,
  JobLease,
  AuditEvent,
  DailyCount,
  Event,
  Counter,
  WebhookEndpoint,
  WebhookDelivery,
  PurgeReceipt,
  Erasure,
];
