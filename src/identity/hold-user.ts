import type { EntityManager } from "typeorm";
import { execute } from "../database/sql.ts";

/** Until the transaction ends, whoever else wants to change that user waits; deleting it waits too. */
export const holdUser = (manager: EntityManager, userId: string): Promise<number> =>
  execute(manager, "UPDATE users SET is_anonymous = is_anonymous WHERE id = ?", [userId]);
