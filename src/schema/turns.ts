/**
 * What takes many milliseconds at a stretch takes turns: a little of it in each turn of the event loop, so that
 * everything else, such as `/livez`, gets its turn in between.
 */
export class Turns {
  readonly #room: number;
  readonly #waiting: { readonly cost: number; readonly go: () => void }[] = [];

  /** @param room how much may be done in one turn; what costs more has a turn to itself */
  constructor(room: number) {
    this.#room = room;
  }

  /** Waits for a turn with room for this. */
  take(cost: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ cost, go });
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    let room = this.#room;
    while (room > 0) {
      const next = this.#waiting[0];
      if (!next) return;
      next.go();
      this.#waiting.shift();
      room -= next.cost;
    }
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
  }
}
