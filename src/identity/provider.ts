/**
 * The contract of a way in. A provider fills one hole of the login: it proves who somebody is, and never sees
 * the checks around it (whether it is switched on, limits, disabled users, sessions).
 */
import type { EntityManager } from "typeorm";
import type { ZodType } from "zod";
import type { Clock } from "../clock.ts";
import type { Writes } from "../database/writes.ts";

/** Who the credentials belong to, as far as that provider knows. */
export interface Proof {
  /** Unique and stable within the provider. */
  readonly subject: string;
  /** Lower case; null when the provider did not say. */
  readonly email: string | null;
  /** null when the provider did not say. */
  readonly emailVerified: boolean | null;
  /** Fields for the user's profile; null for none. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  /** false while the provider would refuse a login with it, such as an e-mail that waits for confirmation. */
  readonly isWayIn?: boolean;
  /** Runs in the transaction that creates the identity, after it. */
  readonly attach?: (manager: EntityManager, identityId: string) => Promise<void>;
}

export interface ProofContext<Settings = unknown> {
  /** Of the live deployment, secrets in clear. */
  readonly settings: Settings;
  readonly reads: EntityManager;
  readonly clock: Clock;
  /** `link` may register what is not registered yet. */
  readonly purpose: "login" | "link";
}

export interface Provider<Credentials = unknown, Settings = unknown> {
  /** The wire name. */
  readonly name: string;
  readonly type: string;
  /** For an operator's list and a login screen. */
  readonly displayName: string;
  /** Whether a person can come back with its identities; what is not, is never somebody's only way in. */
  readonly isWayIn: boolean;
  /** Whether a user can have one such identity at most. */
  readonly onePerUser: boolean;
  /** What an operator may set; `meta({ secret: true })` marks what is encrypted and never shown. */
  readonly settings: ZodType<Settings>;
  /** What failed attempts are counted by, beside the client's address; "" when the credentials name no account. */
  accountOf(credentials: Credentials): string;
  /** @throws PasserbyError INVALID_CREDENTIALS when they are wrong, SERVICE_UNAVAILABLE when nobody can tell */
  prove(context: ProofContext<Settings>, credentials: Credentials): Promise<Proof>;
  /**
   * Keeps new credentials that nobody uses yet; absent where that makes no sense.
   * @throws PasserbyError BAD_USER_INPUT, WEAK_PASSWORD, EMAIL_TAKEN
   */
  register?(context: RegistrationContext<Settings>, credentials: Credentials): Promise<void>;
}

export interface RegistrationContext<Settings = unknown> extends Omit<ProofContext<Settings>, "purpose"> {
  readonly writes: Writes;
}

/** A provider with the settings that are live. */
export interface DeployedProvider {
  readonly provider: Provider;
  readonly settings: unknown;
}
