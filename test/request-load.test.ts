import { describe, expect, it } from "@jest/globals";
import { createRequestLoad } from "../src/request-load.ts";

describe("the load by requests", () => {
  const start = () => {
    const loop = { active: 0, idle: 0 };
    const load = createRequestLoad(() => ({ ...loop }));
    return {
      load,
      pass(time: { active: number; idle: number; requests: number }) {
        loop.active += time.active;
        loop.idle += time.idle;
        for (let count = 0; count < time.requests; count++) load.count();
        return load.isHigh();
      },
    };
  };

  it("is high while the process is busy with many requests", () => {
    const { pass, load } = start();
    expect(pass({ active: 95, idle: 5, requests: 40 })).toBe(true);
    expect(pass({ active: 95, idle: 5, requests: 40 })).toBe(true);
    expect(load.requests()).toBe(80);
  });

  it("is not high while the process is idle half of the time", () => {
    expect(start().pass({ active: 50, idle: 50, requests: 40 })).toBe(false);
  });

  it("is not high while the process is busy with something else, and few requests", () => {
    expect(start().pass({ active: 100, idle: 0, requests: 3 })).toBe(false);
  });

  it("stays as it was measured last, until there is enough to measure", () => {
    const { pass } = start();
    expect(pass({ active: 95, idle: 5, requests: 40 })).toBe(true);
    expect(pass({ active: 0, idle: 50, requests: 0 })).toBe(true);
    expect(pass({ active: 0, idle: 50, requests: 0 })).toBe(false);
  });
});
