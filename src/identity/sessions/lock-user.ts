import type { EntityManager } from "typeorm";
import { execute } from "../../database/sql.ts";
import { User } from "../../entities/user.ts";

/** Locks a user's row until the end of the transaction: other changes of this user wait, or have committed before. null when it was deleted. */
export async function lockUser(manager: EntityManager, id: string): Promise<User | null> {
  await execute(manager, "UPDATE users SET is_anonymous = is_anonymous WHERE id = ?", [id]);
  return manager.findOneBy(User, { id });
}
