import { execute } from "../database/sql.ts";
import type { SessionServices } from "./sessions.ts";

/** What is good for minutes, and forgotten once its time is over. */
const shortLived = ["merge_tickets", "anonymous_login_keys", "oauth_flows", "mail_tokens"];

/** Removes tickets, keys, states and mail links that expired. @returns how many */
export async function purgeExpired({
  writes,
  clock,
}: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  let purged = 0;
  for (const table of shortLived) {
    purged += await writes.transaction((manager) =>
      execute(manager, `DELETE FROM ${table} WHERE expires_at <= ?`, [+clock.now()]),
    );
  }
  return purged;
}
