import type { EntityManager } from "typeorm";
import { execute } from "../../database/sql.ts";
import { User } from "../../entities/user.ts";

/** A user whose row stays locked: whatever else changes what it has waits, or has won. null when it is gone. */
export async function lockUser(manager: EntityManager, id: string): Promise<User | null> {
  await execute(manager, "UPDATE users SET is_anonymous = is_anonymous WHERE id = ?", [id]);
  return manager.findOneBy(User, { id });
}
