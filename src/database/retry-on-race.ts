import { isForeignKeyViolation, isUniqueViolation } from "./failures.ts";

/** More lost races in a row have another cause. */
const MAX_TRIES = 5;

/**
 * Reads, decides and writes again after another transaction won: it inserted the same key, or deleted a row that the new
 * one refers to. The last error passes after five tries.
 * @param decide gets the number of the try, from 1
 * @param isOtherRace names more errors that mean a lost race
 */
export async function retryOnRace<T>(
  decide: (tries: number) => Promise<T>,
  isOtherRace: (error: unknown, tries: number) => boolean = () => false,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await decide(tries);
    } catch (error) {
      const isRace = isUniqueViolation(error) || isForeignKeyViolation(error) || isOtherRace(error, tries);
      if (!isRace || tries >= MAX_TRIES) throw error;
    }
  }
}
