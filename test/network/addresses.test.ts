import { expect, it } from "@jest/globals";
import { isInNetworks, parseAddress, parseNetworks } from "../../src/network/addresses.ts";

it.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["::ffff:0707:0708", "7.7.7.8"],
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["fe80::1%eth0", "fe80::1"],
  ["::", "::"],
])("%s is written as %s", (text, canonical) => {
  expect(parseAddress(text)).toBe(canonical);
});

it.each([
  "",
  " 1.2.3.4",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "0177.0.0.1",
  "0x7f.0.0.1",
  "0x7f000001",
  "2130706433",
  "1.2.3.4:80",
  "[::1]",
  "1::2::3",
  "fe80::1%",
  "unknown",
  "_hidden",
  "::ffff:1.2.3.04",
  "9".repeat(4_000),
])("%j is not an address", (text) => {
  expect(parseAddress(text)).toBeNull();
});

it.each([
  ["127.0.0.1", "loopback", true],
  ["127.9.9.9", "loopback", true],
  ["::1", "loopback", true],
  ["::ffff:127.0.0.1", "loopback", true],
  ["10.255.0.1", "uniquelocal", true],
  ["172.32.0.1", "uniquelocal", false],
  ["fd12::1", "uniquelocal", true],
  ["169.254.3.3", "linklocal", true],
  ["fe80::1%eth0", "linklocal", true],
  ["203.0.113.9", "203.0.113.0/24", true],
  ["203.0.114.9", "203.0.113.0/24", false],
  ["203.0.113.9", "203.0.113.9", true],
  ["10.1.2.3", "::ffff:10.0.0.0/104", true],
  ["11.1.2.3", "::ffff:10.0.0.0/104", false],
  ["2001:db8:1::5", "2001:db8::/32", true],
  ["1.2.3.4", "2001:db8::/32", false],
  ["rubbish", "2001:db8::/32", false],
])("whether %s is in %s: %s", (address, network, isInside) => {
  expect(isInNetworks(address, parseNetworks(network) ?? [])).toBe(isInside);
});

it.each([
  "10.0.0.0/33",
  "10.0.0.0/0",
  "0.0.0.0/0",
  "::/0",
  "2001:db8::/129",
  "10.0.0.0/8/8",
  "10.0.0.0/",
  "10.0.0.0/255.0.0.0",
  "10.0.0",
  "010.0.0.0/8",
  "fe80::1%eth0",
  "::ffff:0:0/96",
  "toString",
  "proxy.example.com",
])("%j is not a network", (text) => {
  expect(parseNetworks(text)).toBeNull();
});
