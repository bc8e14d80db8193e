/** Append-only, oldest first. A migration that has been released is never changed. */
import { Foundation1763942400000 } from "./1763942400000-foundation.ts";

export const migrations = [Foundation1763942400000];
