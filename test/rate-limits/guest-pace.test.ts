import { describe, expect, it } from "@jest/globals";
import { clientKey } from "../../src/rate-limits/client-address.ts";
import { createGuestPace, type GuestPace, MAX_LEVEL } from "../../src/rate-limits/guest-pace.ts";

const START = Date.parse("2026-06-01T12:00:00Z");
const from = (ipAddress: string) => clientKey({ ipAddress });

function count(pace: GuestPace, guests: number, addressOf: (guest: number) => string, now = START): void {
  for (let guest = 0; guest < guests; guest++) pace.count(from(addressOf(guest)), now);
}

describe("the level for a network", () => {
  it.each([
    [0, 0],
    [2, 0],
    [29, 0],
    [30, 1],
    [59, 1],
    [60, 2],
    [119, 2],
    [120, 3],
    [300, 4],
    [1_920, MAX_LEVEL],
    [1_000_000, MAX_LEVEL],
  ])("after %i guests within a minute is %i", (guests, level) => {
    const pace = createGuestPace();
    count(pace, guests, () => "198.51.100.7");
    expect(pace.levelOf(from("198.51.100.7"), START)).toBe(level);
  });
  it("is that of an IPv4 /24", () => {
    const pace = createGuestPace();
    count(pace, 30, (guest) => `198.51.100.${guest}`);
    expect(pace.levelOf(from("198.51.100.200"), START)).toBe(1);
    expect(pace.levelOf(from("198.51.101.200"), START)).toBe(0);
  });
  it("is that of an IPv6 /64, and of its /48 from the hundred and fiftieth guest on", () => {
    const pace = createGuestPace();
    count(pace, 30, (guest) => `2001:db8:1:1::${guest + 1}`);
    expect(pace.levelOf(from("2001:db8:1:1::ffff"), START)).toBe(1);
    expect(pace.levelOf(from("2001:db8:1:2::1"), START)).toBe(0);
    count(pace, 119, (guest) => `2001:db8:1:${(guest + 16).toString(16)}::1`);
    expect(pace.levelOf(from("2001:db8:1:2::1"), START)).toBe(0);
    count(pace, 1, () => "2001:db8:1:ff::1");
    expect(pace.levelOf(from("2001:db8:1:2::1"), START)).toBe(1);
    expect(pace.levelOf(from("2001:db8:2:2::1"), START)).toBe(0);
  });
  it("is 0 again a minute after the flood", () => {
    const pace = createGuestPace();
    count(pace, 5_000, () => "198.51.100.7");
    expect(pace.levelOf(from("198.51.100.7"), START + 49_000)).toBe(MAX_LEVEL);
    expect(pace.levelOf(from("198.51.100.7"), START + 60_000)).toBe(0);
  });
  it.each(["unknown", "::ffff:198.51.100.7", "fe80::1%eth0", "::1"])("works for %s", (address) => {
    const pace = createGuestPace();
    count(pace, 30, () => address);
    expect(pace.levelOf(from(address), START)).toBe(1);
  });
});

describe("the level for all", () => {
  const network = (guest: number): string => `10.${guest >> 8}.${guest & 255}.1`;
  it("is 0 beside a flood from one network, and from thirty addresses of others", () => {
    const pace = createGuestPace();
    count(pace, 100_000, () => "198.51.100.7");
    expect(pace.levelOf(from("203.0.113.1"), START)).toBe(0);
  });
  it("rises when many networks create guests, each of them few", () => {
    const pace = createGuestPace();
    count(pace, 249, network);
    expect(pace.levelOf(from("203.0.113.1"), START)).toBe(0);
    count(pace, 251, network);
    expect(pace.levelOf(from("203.0.113.1"), START)).toBe(2);
  });
  it("stays 0 where so many are usual", () => {
    const pace = createGuestPace();
    pace.setUsual(100);
    count(pace, 499, network);
    expect(pace.levelOf(from("203.0.113.1"), START)).toBe(0);
    count(pace, 1, network);
    expect(pace.levelOf(from("203.0.113.1"), START)).toBe(1);
  });
});
