import type { Outbox } from "../../mail/mail.ts";
import type { Limits } from "../../rate-limits/limits.ts";
import type { ProviderServices } from "../enabled-provider.ts";
import type { SessionServices } from "../sessions/sessions.ts";

/** What logging in and linking need. */
export interface LoginServices extends SessionServices, ProviderServices {
  readonly limits: Limits;
  readonly outbox: Outbox;
  /** The key that codes of emails are hashed with. */
  readonly emailCodeKey: Buffer;
}
