import { describe, expect, it } from "@jest/globals";
import { createPace } from "../../../src/webhooks/delivery/pace.ts";

describe("the pace of attempts", () => {
  const start = () => {
    const state = { isHigh: true, requests: 0, now: 1_000 };
    const load = { isHigh: () => state.isHigh, requests: () => state.requests };
    return { state, pace: createPace({ load, now: () => state.now }) };
  };

  it("is not limited while requests leave time", () => {
    const { state, pace } = start();
    state.isHigh = false;
    pace.started();
    expect(pace.waitMs()).toBe(0);
  });

  it("is one attempt for twenty requests while these need the time", () => {
    const { state, pace } = start();
    expect(pace.waitMs()).toBe(0);
    pace.started();
    expect(pace.waitMs()).toBeGreaterThan(0);
    state.requests = 19;
    expect(pace.waitMs()).toBeGreaterThan(0);
    state.requests = 20;
    expect(pace.waitMs()).toBe(0);
    pace.started();
    expect(pace.waitMs()).toBeGreaterThan(0);
  });

  it("is at least ten attempts a second", () => {
    const { state, pace } = start();
    pace.started();
    state.now += 99;
    expect(pace.waitMs()).toBeGreaterThan(0);
    state.now += 1;
    expect(pace.waitMs()).toBe(0);
  });
});
