import { describe, expect, it } from "@jest/globals";
import { createMinuteCount, createMinuteCounts } from "../../src/rate-limits/minute-counts.ts";

const START = Date.parse("2026-06-01T12:00:00Z");

describe("the count of a minute", () => {
  it("never has more than happened in the 60 seconds before, nor less than in the 50 before", () => {
    const count = createMinuteCount();
    const times: number[] = [];
    // Bursts and pauses at uneven distances, over twenty minutes.
    for (let [now, step] = [START, 0]; now < START + 1_200_000; now += 137 + ((step++ * 7_919) % 9_000)) {
      for (let each = 0; each <= step % 5; each++) {
        count.add(now);
        times.push(now);
      }
      const within = (seconds: number): number => times.filter((time) => time > now - seconds * 1_000).length;
      expect(count.read(now)).toBeLessThanOrEqual(within(60));
      expect(count.read(now)).toBeGreaterThanOrEqual(within(50));
    }
  });
  it("is empty after a minute, and after a year", () => {
    const count = createMinuteCount();
    for (const pause of [60_000, 365 * 86_400_000]) {
      for (let each = 0; each < 300; each++) count.add(START);
      expect(count.read(START + pause)).toBe(0);
    }
  });
  it("survives a clock that is set back", () => {
    const count = createMinuteCount();
    count.add(START);
    count.add(START - 3_600_000);
    expect(count.read(START - 3_600_000)).toBe(2);
    expect(count.read(START + 60_000)).toBe(0);
  });
});

describe("the counts of many keys", () => {
  it("a million keys do not grow the heap, nor displace a busy one", () => {
    const counts = createMinuteCounts();
    const heap = (): number => {
      if (!globalThis.gc) throw new Error("The test environment collects no garbage.");
      globalThis.gc();
      return process.memoryUsage().heapUsed;
    };
    for (let each = 0; each < 100_000; each++) counts.of(`warm-up ${each}`).add(START);
    const before = heap();
    for (let each = 0; each < 1_000_000; each++) {
      counts.of(`2001:db8:${each.toString(16)}::/64`).add(START);
      if (each % 1_000 === 0) counts.of("busy").add(START);
    }
    expect(counts.of("busy").read(START)).toBe(1_000);
    expect(heap() - before).toBeLessThan(16 * 1_024 * 1_024);
  });
});
