import type { MigrationInterface, QueryRunner } from "typeorm";
import { canonicalEmail } from "../../text/email-address.ts";

interface Row {
  readonly id: string;
  readonly email: string;
}

/**
 * Emails get the spelling in which they are compared from now on. Of two accounts that turn out to be one mailbox, the one
 * that was confirmed, or is older, gets it; the other keeps its own and is found by exactly that.
 */
export class CanonicalEmails1764140400000 implements MigrationInterface {
  readonly name = "CanonicalEmails1764140400000";

  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === "postgres";
    const [first, second] = isPostgres ? ["$1", "$2"] : ["?", "?"];
    // What has other characters than printable ASCII, or spaces around it; all others are in that spelling.
    const isOther = isPostgres ? "(email ~ '[^!-~]')" : "(email GLOB '*[^!-~]*')";
    const change = async (table: string, order: string, isFree: (email: string) => Promise<boolean>) => {
      const rows: Row[] = await runner.query(
        `SELECT id, email FROM ${table} WHERE email IS NOT NULL AND ${isOther} ORDER BY ${order}`,
      );
      for (const { id, email } of rows) {
        const canonical = canonicalEmail(email);
        if (canonical === null || canonical === email || !(await isFree(canonical))) continue;
        await runner.query(`UPDATE ${table} SET email = ${first} WHERE id = ${second}`, [canonical, id]);
      }
    };
    await change("identities", "id", async () => true);
    // On both databases false sorts before true, so what is confirmed comes first.
    await change(
      "password_credentials",
      "confirmed_at IS NULL, is_pending, created_at, id",
      async (email) =>
        (await runner.query(`SELECT 1 FROM password_credentials WHERE email = ${first}`, [email])).length ===
        0,
    );
  }

  /** Nothing to undo: the program of before finds those rows under a spelling that it takes as well. */
  async down(): Promise<void> {}
}
