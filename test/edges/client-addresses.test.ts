/** Whom a limit counts: the client's address, as far as the proxies in front are trusted, and written in one form. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { codeOf, createDatabase, type Gateway, login, startGateway } from "../support/gateway.ts";
import { rejectionOf } from "../support/process.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
const gateways = new Map<string, Gateway>();
beforeAll(async () => {
  database = await createDatabase("sqlite");
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  await database.drop();
});

const behind = async (proxies: string, limits = "off"): Promise<Gateway> => {
  const name = `${proxies} ${limits}`;
  const gateway =
    gateways.get(name) ??
    (await startGateway({
      url: database.url,
      settings: { TRUST_PROXY: proxies, RATE_LIMITS: limits },
    }));
  gateways.set(name, gateway);
  return gateway;
};
const visit = (gateway: Gateway, forwarded: string) =>
  gateway.graph("mutation { loginAnonymous { session { ipAddress } } }", {
    headers: { "x-forwarded-for": forwarded },
  });
const addressOf = async (proxies: string, forwarded: string): Promise<string> =>
  (await visit(await behind(proxies), forwarded)).data.loginAnonymous.session.ipAddress;

/** Of the connection itself, in every test. */
const PEER = "127.0.0.1";

describe("behind one proxy", () => {
  it.each([
    ["an address", "203.0.113.9", "203.0.113.9"],
    ["an address that a client pretends to have before it", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
    ["a port", "203.0.113.9:40001", "203.0.113.9"],
    ["IPv6 with a port", "[2001:db8::1]:4711", "2001:db8::1"],
    ["IPv6 in brackets", "[2001:db8::1]", "2001:db8::1"],
    ["IPv6 in another spelling", "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["IPv4 in IPv6, hexadecimal", "::ffff:0707:0708", "7.7.7.8"],
    ["IPv4 in IPv6", "[::ffff:1.2.3.4]:99", "1.2.3.4"],
    ["a zone id", "fe80::1%eth0", "fe80::1"],
    ["a zone id and a port", "[fe80::1%25eth0]:80", "fe80::1"],
    ["quotes", '"[2001:db8::1]:4711"', "2001:db8::1"],
    ["spaces", "  203.0.113.9 \t", "203.0.113.9"],
    ["an empty element after it", "203.0.113.9, ,", "203.0.113.9"],
    ["a thousand entries", `${"198.51.100.1, ".repeat(999)}203.0.113.9`, "203.0.113.9"],
  ])("%s is the client's address", async (_, forwarded, address) => {
    expect(await addressOf("1", forwarded)).toBe(address);
    expect(await addressOf("loopback", forwarded)).toBe(address);
  });

  it.each([
    ["nothing", ""],
    ["only commas", ", ,"],
    ["4,000 characters of rubbish", "x".repeat(4_000)],
    ["digits without an end", "9".repeat(4_000)],
    ["unknown (RFC 7239)", "unknown"],
    ["an obfuscated identifier (RFC 7239)", "_hidden"],
    ["octal", "0177.0.0.1"],
    ["hexadecimal", "0x7f.1"],
    ["one number", "2130706433"],
    ["three parts", "1.2.3"],
    ["a name", "client.example.com"],
    ["a port that is none", "203.0.113.9:http"],
    ["brackets around IPv4", "[203.0.113.9]"],
    ["brackets that do not close", "[2001:db8::1"],
    ["markup", "<script>alert(1)</script>"],
    ["rubbish after an address that the client wrote", "198.51.100.1, rubbish"],
  ])("%s is not an address: the proxy's counts, and nothing else is stored", async (_, forwarded) => {
    expect(await addressOf("1", forwarded)).toBe(PEER);
    expect(await addressOf("127.0.0.0/8", forwarded)).toBe(PEER);
  });

  it("stores nothing else in the audit either", async () => {
    const gateway = await behind("1");
    for (const forwarded of ["y".repeat(4_000), "203.0.113.77:1"]) {
      await gateway.graph(
        'mutation { login(credentials: { emailPassword: { email: "b@example.com", password: "wrong horse" } }) { accessToken } }',
        { headers: { "x-forwarded-for": forwarded } },
      );
    }
    const addresses: { ip_address: string }[] = await gateway.app.database.reads.query(
      "SELECT DISTINCT ip_address FROM audit_events WHERE ip_address IS NOT NULL ORDER BY ip_address",
    );
    expect(addresses.map(({ ip_address }) => ip_address)).toEqual([PEER, "203.0.113.77"]);
  });
});

describe("the address is that of the first who is not a trusted proxy", () => {
  it.each([
    ["off", "203.0.113.9", PEER],
    ["2", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"],
    ["2", "203.0.113.9", "203.0.113.9"],
    ["2", "rubbish, 10.0.0.2", "10.0.0.2"],
    ["10", "203.0.113.9, 10.0.0.2", "203.0.113.9"],
    ["loopback,uniquelocal", "198.51.100.1, 203.0.113.9, 10.0.0.2, 192.168.1.1", "203.0.113.9"],
    ["loopback,uniquelocal", "10.0.0.9, 10.0.0.2", "10.0.0.9"],
    ["loopback,2001:db8::/32", "203.0.113.9, [2001:db8::7]:1", "203.0.113.9"],
    ["loopback,linklocal", "203.0.113.9, fe80::1%eth0", "203.0.113.9"],
    ["::ffff:127.0.0.0/104", "203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["10.0.0.1", "203.0.113.9", PEER],
  ])("TRUST_PROXY=%s, X-Forwarded-For: %s", async (proxies, forwarded, address) => {
    expect(await addressOf(proxies, forwarded)).toBe(address);
  });

  it("and not what the standard `Forwarded` header says", async () => {
    const { data } = await (await behind("1")).graph(
      "mutation { loginAnonymous { session { ipAddress } } }",
      {
        headers: { forwarded: "for=203.0.113.9" },
      },
    );
    expect(data.loginAnonymous.session.ipAddress).toBe(PEER);
  });
});

describe("with the default limits", () => {
  it.each(["1", "loopback"])("130 visitors behind one proxy (TRUST_PROXY=%s) all get in", async (proxies) => {
    const gateway = await behind(proxies, "anonymousLogins=100/3600");
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 130; index++) codes.push(codeOf(await visit(gateway, `198.51.100.${index}`)));
    expect(new Set(codes)).toEqual(new Set([undefined]));
  });

  it("130 ports or spellings of one address are one client", async () => {
    const gateway = await behind("1", "anonymousLogins=20/3600");
    const spellings = (index: number): string =>
      [`7.7.7.8:${index + 1}`, "::ffff:0707:0708", "::FFFF:7.7.7.8", `"7.7.7.8:${index}"`][index % 4] ?? "";
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 40; index++) codes.push(codeOf(await visit(gateway, spellings(index))));
    expect(codes.filter((code) => code === undefined)).toHaveLength(20);
    expect(codes.slice(20)).toEqual(Array(20).fill("RATE_LIMITED"));
  });

  it("25 wrong passwords from as many ports are rejected after the tenth", async () => {
    const gateway = await behind("1", "failedLogins=10/300");
    const attempt = (index: number) =>
      gateway.graph(
        'mutation { login(credentials: { emailPassword: { email: "a@example.com", password: "wrong horse" } }) { accessToken } }',
        { headers: { "x-forwarded-for": `203.0.113.9:${40_000 + index}` } },
      );
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 25; index++) codes.push(codeOf(await attempt(index)));
    expect(codes.filter((code) => code === "INVALID_CREDENTIALS")).toHaveLength(10);
    // The proxy's own address has guessed nothing.
    expect(codeOf(await login(gateway, "a@example.com", "wrong horse"))).toBe("INVALID_CREDENTIALS");
  });

  it("an IPv6 client is its /64, and all of a /48 together have five times as much", async () => {
    const gateway = await behind("1", "anonymousLogins=4/3600");
    const from = async (address: string) => codeOf(await visit(gateway, address));
    const within: (string | undefined)[] = [];
    for (let index = 0; index < 6; index++) within.push(await from(`2001:db8:1:1::${index + 1}`));
    expect(within).toEqual([...Array(4).fill(undefined), "RATE_LIMITED", "RATE_LIMITED"]);
    const site: (string | undefined)[] = [];
    for (let index = 2; index < 30; index++) site.push(await from(`2001:db8:1:${index.toString(16)}::1`));
    expect(site).toEqual([...Array(16).fill(undefined), ...Array(12).fill("RATE_LIMITED")]);
    expect(await from("2001:db8:2::1")).toBeUndefined();
  });
});

it.each([
  "10.0.0.0/33",
  "2001:db8::/129",
  "0.0.0.0/0",
  "11",
  "0",
  "true",
  "10.0.0",
  "1,10.0.0.1",
  "proxy.example.com",
  "10.0.0.1,,10.0.0.0/40",
])("TRUST_PROXY=%s is rejected at start in one sentence", (value) => {
  expect(rejectionOf({ TRUST_PROXY: value, DATABASE_URL: "sqlite::memory:" })).toContain(
    "TRUST_PROXY must be off, the number of proxies (1 to 10)",
  );
});

it("X-Forwarded-Proto and X-Forwarded-Host are those of the trusted proxy, and only as web addresses", async () => {
  const path = "/api/client/v2.0/app/passerby/location";
  const hostname = async (proxies: string, headers: Record<string, string>): Promise<string> => {
    const response = await fetch((await behind(proxies)).url + path, { headers });
    return ((await response.json()) as { hostname: string }).hostname;
  };
  const said = { "x-forwarded-proto": "https", "x-forwarded-host": "id.example.com" };
  expect(await hostname("1", said)).toBe("https://id.example.com");
  expect(await hostname("loopback", said)).toBe("https://id.example.com");
  expect(await hostname("off", said)).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(await hostname("10.0.0.1", said)).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(await hostname("1", { ...said, "x-forwarded-proto": "javascript" })).toBe("http://id.example.com");
});
