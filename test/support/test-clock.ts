/** A clock that only moves when a test moves it. */
export class TestClock {
  private time: number;
  /** @param start now, where others who look at the time of this machine are part of the test */
  constructor(start: Date = new Date("2026-06-01T12:00:00Z")) {
    this.time = start.getTime();
  }
  now = (): Date => new Date(this.time);
  advance(amount: { days?: number; minutes?: number; seconds?: number }): void {
    const { days = 0, minutes = 0, seconds = 0 } = amount;
    this.time += ((days * 24 * 60 + minutes) * 60 + seconds) * 1_000;
  }
}

/** The time of the world: that of a gateway beside commands, which have it too. */
export class RealClock extends TestClock {
  override now = (): Date => new Date();
}
