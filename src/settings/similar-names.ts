/** Finds the known name that an unknown one probably means. */

const PREFIX = /^passerby_/i;
/** Shorter names allow one difference only: names of other programs are often that close. */
const LONG_NAME = 8;

/** @returns null when none is close enough */
export function findSimilar(name: string, known: readonly string[]): string | null {
  const plain = name.replace(PREFIX, "").toUpperCase().replaceAll("-", "_");
  if (known.includes(plain)) return plain;
  const [best] = known
    .map((each) => ({ each, distance: editDistance(plain, each) }))
    .filter(({ each, distance }) => distance <= (each.length >= LONG_NAME ? 2 : 1))
    .sort((a, b) => a.distance - b.distance);
  return best?.each ?? null;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      line.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(from.length, to.length);
}
