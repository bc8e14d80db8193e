/** What mails there are, and what each is about. */
import type { EntityManager } from "typeorm";
import type { EmailTokenPurpose } from "../entities/email-token.ts";

/** Each has a template of its name; those with a purpose carry a token for it. */
export const emailKinds = {
  confirm: "confirm",
  reset: "reset",
  moved: "reset",
  "already-registered": null,
  "password-changed": null,
} as const satisfies Record<string, EmailTokenPurpose | null>;

export type EmailKind = keyof typeof emailKinds;

type Purposes = typeof emailKinds;
type TokenKind = { [Kind in EmailKind]: Purposes[Kind] extends null ? never : Kind }[EmailKind];

/** A mail whose link carries a new token. */
interface TokenEmail {
  readonly kind: TokenKind;
  /** An address that was checked when it was registered. */
  readonly to: string;
  /** Whose token it is. */
  readonly credentialId: string;
  /** The registration that a confirmation is for; null or absent where it is for the credential itself. */
  readonly registrationId?: string | null;
  /** Whether it was added to an account that somebody has, which the mail says. */
  readonly isLink?: boolean;
  /** The operator's page that the link leads to; null shows the token itself. */
  readonly page: string | null;
}

interface Notice {
  readonly kind: Exclude<EmailKind, TokenKind>;
  readonly to: string;
}

export type Mail = TokenEmail | Notice;

export interface Outbox {
  /** false where no mail could go out: none is taken then. */
  readonly isOpen: boolean;
  /** Writes a mail in the transaction of what causes it, with a new token where its kind carries one. */
  add(manager: EntityManager, mail: Mail): Promise<void>;
  /** Writes a mail to nobody, so that a request about an unknown address costs the same; delivery drops it. */
  addDecoy(manager: EntityManager): Promise<void>;
  /** Delivery begins now and not at its next turn; for after the commit. */
  prompt(): void;
}
