/**
 * The contract of a provider. A provider fills one hole of the login: it verifies credentials, and never sees
 * the checks around it (whether it is enabled, rate limits, disabled users, sessions).
 */
import type { EntityManager } from "typeorm";
import type { ZodType } from "zod";
import type { Clock } from "../clock.ts";
import type { Writes } from "../database/writes.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import type { Outbox } from "../mail/mail.ts";

/** For providers that look up a secret, which is stored hashed. */
export { hashSecret } from "../encryption.ts";
/** For providers that look up a registered email. */
export { findCredential } from "./find-credential.ts";

/** The shape of the credentials, one for each field of `Credentials` in the graph. */
export type CredentialsKind =
  | "none"
  | "emailPassword"
  | "jwt"
  | "idToken"
  | "apiKey"
  | "function"
  | "passkey"
  | "emailOtp";

/** The result of verifying credentials. */
export interface VerifiedIdentity {
  /** Unique and stable within the provider. */
  readonly subject: string;
  /** In canonical form, which the login ensures; null when unknown. */
  readonly email: string | null;
  /** null when unknown. */
  readonly emailVerified: boolean | null;
  /**
   * true where an email of this gateway confirmed the address: a user who has another identity with an email that was
   * confirmed so, has this one too. Absent: false.
   */
  readonly isEmailConfirmed?: boolean;
  /** Fields for the user's profile, or null. */
  readonly profile: Readonly<Record<string, unknown>> | null;
  /** The name that the user gave a new identity; absent: null. */
  readonly name?: string | null;
  /** false where the credentials do not show that the user is present; absent: true. */
  readonly countsAsRecentLogin?: boolean;
  /** false while the provider rejects logins with it, such as for an unconfirmed email. */
  readonly canSignIn?: boolean;
  /** An unconfirmed identity of the same user and email, which this one replaces. */
  readonly replacedIdentityId?: string | null;
  /**
   * Runs in the transaction that uses the identity, after the owner's row is locked: a password may have changed meanwhile.
   * @throws StaleVerificationError
   */
  readonly recheck?: (manager: EntityManager) => Promise<void>;
  /** Runs in the transaction that creates the identity, after it. @throws StaleVerificationError */
  readonly attach?: (manager: EntityManager, identityId: string) => Promise<void>;
  /** Runs after the commit, such as to start the delivery of an email. */
  readonly afterCommit?: () => void;
}

/** The facts behind a verification changed meanwhile: the caller verifies again. */
export class StaleVerificationError extends PasserbyError {
  constructor() {
    super("SERVICE_UNAVAILABLE");
  }
}

/** The outbox, limited for one client. */
export interface AccountEmails extends Omit<Outbox, "isEnabled"> {
  /**
   * Consumes a point of the recipient's and of the client's limit; must be called before `add`.
   * @throws PasserbyError RATE_LIMITED, SERVICE_UNAVAILABLE where the gateway cannot send emails
   */
  require(email: string, kind: "confirm" | "reset" | "code"): Promise<void>;
}

export interface VerificationContext<Settings = unknown> {
  /** Of the live deployment, with decrypted secrets. */
  readonly settings: Settings;
  readonly reads: EntityManager;
  readonly clock: Clock;
  readonly emails: AccountEmails;
  /**
   * Consumes a point of the client's registrations; must be called before a password is hashed.
   * @throws PasserbyError RATE_LIMITED
   */
  countRegistration(): Promise<void>;
  /** `link` may register new credentials. */
  readonly purpose: "login" | "link";
  /** The user to link to; null for a login. */
  readonly linkingUserId: string | null;
  /** The challenge that the credentials answer, which this request consumed; null where the provider has none. */
  readonly challenge: AnsweredChallenge | null;
  /** The email whose code or link the credentials are, which this request consumed; null where the provider has none. */
  readonly codeEmail: string | null;
  /** The user who owns an email because an email of this gateway confirmed it; null if it has no owner yet. */
  findEmailOwner(reads: EntityManager, email: string): Promise<string | null>;
  /**
   * Makes an email, which its owner has just shown to read, free of everything that others typed without confirming it:
   * registrations, links, passwords, and the links in their emails.
   */
  claimEmail(manager: EntityManager, email: string): Promise<void>;
  /** Deletes identities that a verification replaces, such as those of unconfirmed links, with all that follows from it. */
  deleteIdentities(manager: EntityManager, ids: readonly string[]): Promise<unknown>;
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
  /** For operators and login pages. */
  readonly displayName: string;
  /** Whether users can log in again with its identities, so that they count as sign-in methods. */
  readonly canSignIn: boolean;
  /** Whether a user can have at most one identity of this provider. */
  readonly onePerUser: boolean;
  /** false where identities are created for a user, as API keys are, and cannot be linked by presenting credentials. */
  readonly canBeLinked: boolean;
  /** true where sessions end when their identity is deleted, as with API keys; absent: false. */
  readonly sessionsEndWithIdentity?: boolean;
  /** true where credentials cannot be guessed, such as random secrets and signatures: valid ones are then never limited; absent: false. */
  readonly cannotBeGuessed?: boolean;
  /** true where `emailVerified` of its identities means that an email of this gateway confirmed it; absent: false. */
  readonly confirmsEmails?: boolean;
  readonly credentials: CredentialsKind;
  /** The operator's settings; `meta({ secret: true })` marks those that are encrypted and never shown. */
  readonly settings: ZodType<Settings>;
  /** The account that failed attempts are counted by, in addition to the client's address; "" when the credentials name none. */
  accountOf(credentials: Credentials): string;
  /** @throws PasserbyError INVALID_CREDENTIALS when they are wrong, SERVICE_UNAVAILABLE when they cannot be verified */
  verify(context: VerificationContext<Settings>, credentials: Credentials): Promise<VerifiedIdentity>;
  /**
   * Stores new credentials, which get a user at their first login; absent where users cannot register.
   * @throws PasserbyError BAD_USER_INPUT, WEAK_PASSWORD, EMAIL_TAKEN, RATE_LIMITED
   */
  register?(context: RegistrationContext<Settings>, credentials: Credentials): Promise<Registered>;
  /** Password operations; absent where the gateway stores no passwords. */
  readonly passwords?: PasswordCredentials<Settings>;
  /** Challenges, which credentials must answer; absent where they stand for themselves. */
  readonly challenges?: ChallengeSteps<Credentials, Settings>;
  /** Codes and links in emails, which are its credentials; absent where it sends none. */
  readonly emailCodes?: EmailCodeSteps<Credentials, Settings>;
  /** What a login screen needs of the settings; absent: nothing. */
  publicSettings?(settings: Settings): { readonly rpId: string };
  /** The OAuth redirect flow; absent where the provider has none. */
  readonly redirect?: RedirectSteps<Settings>;
}

export interface Registered {
  /** In the stored form. */
  readonly email: string;
  /** Whether it must be confirmed by email; the same for every email (user enumeration). */
  readonly needsConfirmation: boolean;
}

/** How a provider handles its password credentials; the operations are in passwords/. */
export interface PasswordCredentials<Settings = unknown> {
  /** Whether a registration must be confirmed by email; a gateway that cannot send emails rejects such settings. */
  needsConfirmation(settings: Settings): boolean;
  /** Whether users may reset their password by email. */
  allowsReset(settings: Settings): boolean;
  /** The operator's pages that links in emails open; null to show the token itself. */
  pages(settings: Settings): { readonly confirm: string | null; readonly reset: string | null };
  /** The email as it is stored and compared. @throws PasserbyError BAD_USER_INPUT */
  normalizeEmail(email: string): string;
  /** Hashes a new password. @throws PasserbyError WEAK_PASSWORD */
  hash(password: string, settings: Settings): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
}

/** The steps of credentials that answer a challenge; `verify` is the last. The pipeline stores challenges, and consumes each once. */
export interface ChallengeSteps<Credentials = unknown, Settings = unknown> {
  /** @returns what the client needs to answer it, as JSON. @throws PasserbyError BAD_USER_INPUT */
  begin(context: ChallengeContext<Settings>): Promise<object>;
  /** The challenge that credentials answer; null when they answer none. Bounds its work: nothing is verified yet. */
  challengeOf(credentials: Credentials): string | null;
}

export interface ChallengeContext<Settings = unknown> {
  /** Of the live deployment, with decrypted secrets. */
  readonly settings: Settings;
  readonly reads: EntityManager;
  /** 256 bits, base64url. */
  readonly challenge: string;
  /** How long it is valid. */
  readonly seconds: number;
  /** Who registers new credentials; null for a login with known ones. */
  readonly user: User | null;
  /** For the new credentials, as the user typed it; null if there is none. */
  readonly name: string | null;
}

export interface AnsweredChallenge extends Pick<ChallengeContext, "challenge" | "name"> {
  /** A registration was started by the session that completes it. */
  readonly kind: "registration" | "login";
}

/** The steps of credentials that an email brings. The pipeline stores and sends them, and consumes each once before `verify`. */
export interface EmailCodeSteps<Credentials = unknown, Settings = unknown> {
  /** The email as it is stored and compared. @throws PasserbyError BAD_USER_INPUT */
  normalizeEmail(email: string): string;
  /** The operator's page that the link opens; null to send the code only. */
  page(settings: Settings): string | null;
  /** Which code or link the credentials present. @throws PasserbyError BAD_USER_INPUT */
  presented(credentials: Credentials): PresentedCode;
}

/** The token of a link, or a code and the email that got it, in its canonical form; null if that is not an email. */
export type PresentedCode =
  | { readonly token: string }
  | { readonly email: string | null; readonly code: string };

/** The steps of an authorization code flow (RFC 6749 §4.1 with PKCE, RFC 7636) that differ between providers. */
export interface RedirectSteps<Settings = unknown> {
  /** Compared as exact strings. */
  allowedRedirectUris(settings: Settings): readonly string[];
  /** @returns the URL to send the browser to. @throws PasserbyError SERVICE_UNAVAILABLE */
  start(context: RedirectContext<Settings>): Promise<string>;
  /**
   * Exchanges the authorization code.
   * @throws PasserbyError INVALID_CREDENTIALS when the provider's response is not valid, SERVICE_UNAVAILABLE
   */
  finish(context: RedirectContext<Settings>, answer: RedirectAnswer): Promise<VerifiedIdentity>;
}

/** The parameters of the provider's redirect. */
export interface RedirectAnswer {
  readonly code: string;
  /** The `iss` parameter (RFC 9207); null when absent. */
  readonly issuer: string | null;
}

export interface RedirectContext<Settings = unknown> {
  /** Of the live deployment, with decrypted secrets. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface RegistrationContext<Settings = unknown>
  extends Omit<
    VerificationContext<Settings>,
    "purpose" | "linkingUserId" | "challenge" | "codeEmail" | "claimEmail"
  > {
  readonly writes: Writes;
  /** Records the registration; must come last in the transaction that stores it. */
  recordRegistration(manager: EntityManager): Promise<void>;
}

/** The providers of the live deployment. */
export interface ProviderLookup {
  /** Built-in ones in the order of the registry, then added ones. */
  enabledProviders(): Provider[];
  /** @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND */
  requireEnabled(name: string): DeployedProvider;
  /** The names of those, enabled or not, whose identities' emails were confirmed by an email of this gateway. */
  readonly confirmingEmails: readonly string[];
}

/** A provider with its live settings. */
export interface DeployedProvider {
  readonly provider: Provider;
  readonly settings: unknown;
  /** Changes with the settings; a flow or ticket of other settings is rejected. */
  readonly settingsFingerprint: string;
}
