/** The kinds of emails, and the outbox that they are written to. */
import type { EntityManager } from "typeorm";
import type { EmailTokenPurpose } from "../entities/email-token.ts";

/** Each has a template of its name; those with a purpose carry an email token for that purpose. */
export const emailKinds = {
  confirm: "confirm",
  reset: "reset",
  moved: "reset",
  "already-registered": null,
  "password-changed": null,
  code: null,
} as const satisfies Record<string, EmailTokenPurpose | null>;

export type EmailKind = keyof typeof emailKinds;

type Purposes = typeof emailKinds;
type TokenKind = { [Kind in EmailKind]: Purposes[Kind] extends null ? never : Kind }[EmailKind];

/** An email with a new token in its link. */
interface TokenEmail {
  readonly kind: TokenKind;
  /** An address that was validated at registration. */
  readonly to: string;
  /** The credential that the token is for. */
  readonly credentialId: string;
  /** The pending registration to confirm; null or absent to confirm the credential itself. */
  readonly registrationId?: string | null;
  /** Whether a user who is logged in linked the address, which the email then says. */
  readonly isLink?: boolean;
  /** The operator's page that the link opens; null to show the token itself. */
  readonly page: string | null;
}

interface Notice {
  readonly kind: Exclude<EmailKind, TokenKind | "code">;
  readonly to: string;
}

/** The code and link of a login flow, which the rule stored. */
interface CodeEmail {
  readonly kind: "code";
  readonly to: string;
  readonly code: string;
  readonly token: string;
  /** The operator's page that the link opens; null to send the code only. */
  readonly page: string | null;
}

export type Email = TokenEmail | CodeEmail | Notice;

export interface Outbox {
  /** false where the gateway cannot send emails; `add` then does nothing. */
  readonly isEnabled: boolean;
  /** Writes an email in the transaction of what causes it, with a new token where its kind carries one. */
  add(manager: EntityManager, email: Email): Promise<void>;
  /** Writes a row without recipient, so that a request for an unknown address takes as long (user enumeration). */
  addDecoy(manager: EntityManager): Promise<void>;
  /** Starts delivery now instead of at its next run; to be called after the commit. */
  prompt(): void;
}
