/** Draws that a seed repeats (mulberry32). */
export interface Random {
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Two different ones. */
  two<T>(from: readonly T[]): [T, T];
}

export function createRandom(seed: number): Random {
  let state = seed | 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(draw() * limit);
  return {
    below,
    chance: (probability) => draw() < probability,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
    two<T>(from: readonly T[]) {
      const first = below(from.length);
      const second = (first + 1 + below(from.length - 1)) % from.length;
      return [from[first] as T, from[second] as T];
    },
  };
}
