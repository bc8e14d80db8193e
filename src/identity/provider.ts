/**
 * The contract of a provider. A provider fills one hole of the login: it verifies credentials, and never sees
 * the checks around it (whether it is switched on, limits, disabled users, sessions).
 */
import type { EntityManager } from "typeorm";
import type { ZodType } from "zod";
import type { Clock } from "../clock.ts";
import type { Writes } from "../database/writes.ts";
import { PasserbyError } from "../errors.ts";
import type { Outbox } from "../mail/mail.ts";

/** How a provider looks up a secret of ours, which is stored hashed only. */
export { hashSecret } from "../encryption.ts";
/** How it looks up an email that is registered here. */
export { findCredential } from "./find-credential.ts";

/** The shape of what a client sends, one for each field of the graph's `Credentials`. */
export type CredentialsKind = "none" | "emailPassword" | "jwt" | "idToken" | "apiKey" | "function";

/** Who the credentials belong to, as far as that provider knows. */
export interface VerifiedIdentity {
  /** Unique and stable within the provider. */
  readonly subject: string;
  /** In its canonical form, which the login makes sure of; null when the provider did not say. */
  readonly email: string | null;
  /** null when the provider did not say. */
  readonly emailVerified: boolean | null;
  /** Fields for the user's profile; null for none. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  /** false while the provider would refuse a login with it, such as an e-mail that waits for confirmation. */
  readonly canSignIn?: boolean;
  /** An identity of the same user that waits for the same e-mail, and that this one takes the place of. */
  readonly replacedIdentityId?: string | null;
  /**
   * Runs in the transaction that uses the identity, after the owner's row is locked: a password may have changed meanwhile.
   * @throws StaleVerificationError
   */
  readonly recheck?: (manager: EntityManager) => Promise<void>;
  /** Runs in the transaction that creates the identity, after it. @throws StaleVerificationError */
  readonly attach?: (manager: EntityManager, identityId: string) => Promise<void>;
  /** Runs after that transaction, such as to begin the delivery of a mail. */
  readonly afterCommit?: () => void;
}

/** The facts behind a verification changed meanwhile: the caller verifies again. */
export class StaleVerificationError extends PasserbyError {
  constructor() {
    super("SERVICE_UNAVAILABLE");
  }
}

/** The outbox, as one client may use it. */
export interface AccountEmails extends Omit<Outbox, "isEnabled"> {
  /**
   * Takes a point of the recipient's limit and one of the client's; to be asked before a mail is added.
   * @throws PasserbyError RATE_LIMITED, SERVICE_UNAVAILABLE where no mail could go out
   */
  require(email: string, kind: "confirm" | "reset"): Promise<void>;
}

export interface VerificationContext<Settings = unknown> {
  /** Of the live deployment, secrets in clear. */
  readonly settings: Settings;
  readonly reads: EntityManager;
  readonly clock: Clock;
  readonly mails: AccountEmails;
  /**
   * Takes a point of the client's registrations; to be asked before a password is hashed.
   * @throws PasserbyError RATE_LIMITED
   */
  countRegistration(): Promise<void>;
  /** `link` may register what is not registered yet. */
  readonly purpose: "login" | "link";
  /** Whom a link is for; null or absent for a login. */
  readonly linkingUserId?: string | null;
}

export interface Provider<Credentials = unknown, Settings = unknown> {
  /** The wire name. */
  readonly name: string;
  readonly type: string;
  /**
   * true for a type of which operators add any number, each under a name of its own; `name` is then the type's, and
   * the setting `displayName`, if there is one, the display name. Absent: there is one, and it is called by its own.
   */
  readonly isNamedByOperator?: boolean;
  /** For an operator's list and a login screen. */
  readonly displayName: string;
  /** Whether a person can come back with its identities; what is not, is never somebody's only way in. */
  readonly canSignIn: boolean;
  /** Whether a user can have one such identity at most. */
  readonly onePerUser: boolean;
  /** false where an identity is made for a user, and never tied to one by showing it. */
  readonly canBeLinked: boolean;
  /** true where a session goes with the identity that began it, as that of a program's key; absent: false. */
  readonly sessionsEndWithIdentity?: boolean;
  /** true where credentials are random secrets that cannot be guessed: right ones are then never limited; absent: false. */
  readonly hasRandomSecrets?: boolean;
  readonly credentials: CredentialsKind;
  /** What an operator may set; `meta({ secret: true })` marks what is encrypted and never shown. */
  readonly settings: ZodType<Settings>;
  /** What failed attempts are counted by, beside the client's address; "" when the credentials name no account. */
  accountOf(credentials: Credentials): string;
  /** @throws PasserbyError INVALID_CREDENTIALS when they are wrong, SERVICE_UNAVAILABLE when nobody can tell */
  verify(context: VerificationContext<Settings>, credentials: Credentials): Promise<VerifiedIdentity>;
  /**
   * Keeps new credentials that nobody uses yet; absent where that makes no sense.
   * @throws PasserbyError BAD_USER_INPUT, WEAK_PASSWORD, EMAIL_TAKEN, RATE_LIMITED
   */
  register?(context: RegistrationContext<Settings>, credentials: Credentials): Promise<Registered>;
  /** Passwords that are kept here, and got back by mail; absent where somebody else keeps them. */
  readonly passwords?: PasswordCredentials<Settings>;
  /** How a browser is sent there and back; absent where credentials are all there is. */
  readonly redirect?: RedirectSteps<Settings>;
}

export interface Registered {
  /** As it is stored. */
  readonly email: string;
  /** Whether it waits for a mail to be read; the same for every e-mail. */
  readonly needsConfirmation: boolean;
}

/** What a provider knows of the passwords that it keeps; the steps around them are in password-reset.ts and its like. */
export interface PasswordCredentials<Settings = unknown> {
  /** Whether what is registered waits for a mail to be read; a gateway that sends none then refuses the settings. */
  needsConfirmation(settings: Settings): boolean;
  /** Whether people may ask for a mail to reset their password. */
  allowsReset(settings: Settings): boolean;
  /** The operator's pages that mails lead to; null shows the token itself. */
  pages(settings: Settings): { readonly confirm: string | null; readonly reset: string | null };
  /** The e-mail as it is stored and compared. @throws PasserbyError BAD_USER_INPUT */
  normalizeEmail(email: string): string;
  /** Hashes a password that is chosen under these settings. @throws PasserbyError WEAK_PASSWORD */
  hash(password: string, settings: Settings): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
}

/** The steps of an authorization code flow (RFC 6749 §4.1 with PKCE, RFC 7636) that differ between providers. */
export interface RedirectSteps<Settings = unknown> {
  /** Where the provider may send a browser back to; compared as exact strings. */
  allowedRedirectUris(settings: Settings): readonly string[];
  /** @returns the address to send the browser to. @throws PasserbyError SERVICE_UNAVAILABLE */
  start(context: RedirectContext<Settings>): Promise<string>;
  /**
   * Exchanges the code that the browser came back with.
   * @throws PasserbyError INVALID_CREDENTIALS when the provider's answer is not right, SERVICE_UNAVAILABLE
   */
  finish(context: RedirectContext<Settings>, answer: RedirectAnswer): Promise<VerifiedIdentity>;
}

/** What the provider put into the address that it sent the browser back to. */
export interface RedirectAnswer {
  readonly code: string;
  /** Who says that it answers (RFC 9207); null when nobody does. */
  readonly issuer: string | null;
}

export interface RedirectContext<Settings = unknown> {
  /** Of the live deployment, secrets in clear. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface RegistrationContext<Settings = unknown>
  extends Omit<VerificationContext<Settings>, "purpose" | "linkingUserId"> {
  readonly writes: Writes;
}

/** The providers of the live deployment. */
export interface ProviderLookup {
  /** In the order of the registry, then of their adding. */
  enabledProviders(): Provider[];
  /** @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND */
  requireEnabled(name: string): DeployedProvider;
}

/** A provider with the settings that are live. */
export interface DeployedProvider {
  readonly provider: Provider;
  readonly settings: unknown;
  /** Differs as soon as the settings do: what was begun under others is not finished under these. */
  readonly settingsFingerprint: string;
}
