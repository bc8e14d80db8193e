/** What mails there are, and what each is about. */
import type { EntityManager } from "typeorm";
import type { MailTokenPurpose } from "../entities/mail-token.ts";

/** Each has a template of its name; those with a purpose carry a token for it. */
export const mailKinds = {
  confirm: "confirm",
  reset: "reset",
  "already-registered": null,
  "password-changed": null,
} as const satisfies Record<string, MailTokenPurpose | null>;

export type MailKind = keyof typeof mailKinds;

export interface Mail {
  readonly kind: MailKind;
  /** An address that was checked when it was registered. */
  readonly to: string;
  /** Whose token the link carries. */
  readonly credentialId: string;
  /** The operator's page that the link leads to; null shows the token itself. */
  readonly page: string | null;
}

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
