import type { ClientInfo } from "../../client-info.ts";
import { PasserbyError } from "../../errors.ts";
import type { Outbox } from "../../mail/mail.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import type { Limits } from "../../rate-limits/limits.ts";
import type { AccountEmails } from "../provider.ts";

/** The outbox for one client: what it may cause is limited by whom it writes to, and by where it is. */
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
          message: "This gateway sends no mails. Its operator can change that with SMTP_URL.",
        });
      }
      await limits.consume("mailRequests", clientKey(client));
      // Each kind by itself: nobody keeps a reset from its owner by asking for confirmations.
      await limits.consume("mails", `${kind}:${email}`);
    },
  };
}
