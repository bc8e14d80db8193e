import type { ClientInfo } from "../../client-info.ts";
import { PasserbyError } from "../../errors.ts";
import type { Outbox } from "../../mail/mail.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import type { Limits } from "../../rate-limits/limits.ts";
import type { AccountEmails } from "../provider.ts";

/** The outbox for one client, limited by client and by recipient. */
export function accountEmails(
  { outbox, limits }: { outbox: Outbox; limits: Limits },
  client: ClientInfo,
): AccountEmails {
  return {
    add: outbox.add,
    addDecoy: outbox.addDecoy,
    prompt: outbox.prompt,
    async require(email, kind) {
      if (!outbox.isEnabled) {
        throw new PasserbyError("SERVICE_UNAVAILABLE", {
          message: "This gateway cannot send emails. Its operator has to set SMTP_URL.",
        });
      }
      await limits.consume("mailRequests", clientKey(client));
      // Each kind has its own limit: requesting confirmations must not block a password reset.
      await limits.consume("mails", `${kind}:${email}`);
    },
  };
}
