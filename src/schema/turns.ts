/**
 * Limits synchronous work to a certain amount per turn of the event loop, so that
 * other requests, such as `/livez`, are not delayed.
 */
export class Turns {
  readonly #room: number;
  readonly #waiting: { readonly cost: number; readonly go: () => void }[] = [];

  /** @param room how much work may run in one turn; larger work gets a turn of its own */
  constructor(room: number) {
    this.#room = room;
  }

  /** Waits for a turn with enough room. */
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
