import type { MigrationInterface, QueryRunner } from "typeorm";
import { canonicalEmail } from "../../text/email-address.ts";

interface Row {
  readonly id: string;
  readonly email: string;
}

/**
 * Emails get their canonical spelling. If two accounts have the same one, the confirmed or else the older account gets it;
 * the other keeps its former spelling and is found by exactly that.
 */
export class CanonicalEmails1764140400000 implements MigrationInterface {
  readonly name = "CanonicalEmails1764140400000";

  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === "postgres";
    const [first, second] = isPostgres ? ["$1", "$2"] : ["?", "?"];
    // Emails with other characters than printable ASCII, or spaces around them; all others are canonical already.
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
    // Confirmed emails come first: on both databases false sorts before true.
    await change(
      "password_credentials",
      "confirmed_at IS NULL, is_pending, created_at, id",
      async (email) =>
        (await runner.query(`SELECT 1 FROM password_credentials WHERE email = ${first}`, [email])).length ===
        0,
    );
  }

  /** Nothing to undo: the former program accepts canonical spellings, too. */
  async down(): Promise<void> {}
}
