/** Append-only, oldest first. A migration that has been released is never changed. */
import { Foundation1763942400000 } from "./1763942400000-foundation.ts";
import { WaysIn1764028800000 } from "./1764028800000-ways-in.ts";
import { TokenLife1764126000000 } from "./1764126000000-token-life.ts";

export const migrations = [Foundation1763942400000, WaysIn1764028800000, TokenLife1764126000000];
