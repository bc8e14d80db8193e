import { expect, it } from "@jest/globals";
import { clientKey } from "../../src/rate-limits/client-address.ts";

it.each([
  ["203.0.113.7", "203.0.113.7", null],
  ["::ffff:203.0.113.7", "203.0.113.7", null],
  ["::ffff:cb00:7107", "203.0.113.7", null],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64", "2001:db8:1::/48"],
  ["2001:0db8:0001:0002:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64", "2001:db8:1::/48"],
  ["2001:db8::1", "2001:db8:0:0::/64", "2001:db8:0::/48"],
  ["::1", "0:0:0:0::/64", "0:0:0::/48"],
  ["fe80::1%eth0", "fe80:0:0:0::/64", "fe80:0:0::/48"],
  [null, "unknown", null],
])("counts %s as %s, and within %s", (ipAddress, client, site) => {
  expect(clientKey({ ipAddress })).toEqual({ client, site });
  expect(clientKey({ ipAddress }, "x:")).toEqual({ client: `x:${client}`, site: site && `x:${site}` });
});
