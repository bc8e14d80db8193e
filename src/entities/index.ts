/** Every noun that the database stores. */
import { AdminKey } from "./admin-key.ts";
import { DeploymentRecord, DraftRecord } from "./deployment.ts";
import { FormerUserId } from "./former-user-id.ts";
import { Identity } from "./identity.ts";
import { JobLease } from "./job-lease.ts";
import { PasswordCredential } from "./password-credential.ts";
import { Session } from "./session.ts";
import { SigningKey } from "./signing-key.ts";
import { User } from "./user.ts";

export const entities = [
  User,
  Identity,
  PasswordCredential,
  FormerUserId,
  Session,
  SigningKey,
  DeploymentRecord,
  DraftRecord,
  AdminKey,
  JobLease,
];
