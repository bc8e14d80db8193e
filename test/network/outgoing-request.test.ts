/** Requests to addresses that an operator configured, against real servers on this machine. */
import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { createServer, type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { parseNetworks } from "../../src/network/addresses.ts";
import {
  isPublicAddress,
  NoAnswerError,
  type OutgoingRequest,
  post,
} from "../../src/network/outgoing-request.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import { certificate, privateKey } from "../support/localhost-certificate.ts";

const open: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});
const start = async (...options: Parameters<typeof startEndpoint>): Promise<Endpoint> => {
  const endpoint = await startEndpoint(...options);
  open.push(endpoint);
  return endpoint;
};

const request = (url: string, options: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  url: new URL(url),
  headers: {},
  body: "{}",
  seconds: 5,
  maxAnswerBytes: 1_000,
  allowPrivateAddresses: true,
  ...options,
});
const reasonOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "it answered",
    (error) => (error instanceof NoAnswerError ? error.message : `unexpected ${error}`),
  );
/** A resolver that gives these addresses, one list for each time that it is asked. */
const resolver =
  (...lists: string[][]): LookupFunction =>
  (_name, _options, callback) => {
    const addresses = (lists.length > 1 ? lists.shift() : lists[0]) ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };

it.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.15.255.255",
  "172.32.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "223.255.255.255",
  "2606:4700::1111",
  "2a00:1450:4001:800::200e",
  "::ffff:8.8.8.8",
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
it.each([
  ["this host", "0.0.0.0"],
  ["loopback", "127.0.0.1"],
  ["loopback", "127.255.255.254"],
  ["loopback", "::1"],
  ["unspecified", "::"],
  ["private", "10.0.0.1"],
  ["private", "172.16.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["link-local, where clouds keep their metadata", "169.254.169.254"],
  ["link-local", "fe80::1"],
  ["link-local with a zone", "fe80::1%eth0"],
  ["unique-local", "fc00::1"],
  ["unique-local", "fd12:3456::1"],
  ["multicast", "224.0.0.1"],
  ["multicast", "ff02::1"],
  ["broadcast", "255.255.255.255"],
  ["documentation", "192.0.2.1"],
  ["documentation", "2001:db8::1"],
  ["mapped loopback", "::ffff:127.0.0.1"],
  ["mapped loopback", "::ffff:7f00:1"],
  ["mapped private", "::ffff:10.1.2.3"],
  ["mapped metadata", "::ffff:a9fe:a9fe"],
  ["compatible loopback", "::127.0.0.1"],
  ["6to4 loopback", "2002:7f00:1::"],
  ["NAT64 loopback", "64:ff9b::7f00:1"],
  ["Teredo", "2001:0:7f00:1::"],
  ["no address", "localhost"],
  ["no address", ""],
])("%s %s is not public", (_, address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each([
  "http://127.0.0.1",
  "http://localhost",
  "http://2130706433",
  "http://0x7f.1",
  "http://[::1]",
  "http://[::ffff:127.0.0.1]",
  "http://0.0.0.0",
])("opens no connection to %s unless private addresses are allowed", async (origin) => {
  const endpoint = await start(answerJson({}));
  const url = `${origin}:${endpoint.port}/`;
  expect(await reasonOf(post(request(url, { allowPrivateAddresses: false })))).toBe(
    "the address is not public",
  );
  expect(endpoint.connections()).toBe(0);
});

it("looks a name up once, and connects to the address that was checked, with the name as its host", async () => {
  const endpoint = await start(answerJson({ yes: true }));
  let lookups = 0;
  const resolve: LookupFunction = (...given) => {
    lookups += 1;
    resolver(["127.0.0.1"])(...given);
  };
  const url = `http://function.example:${endpoint.port}/who`;
  expect(await post(request(url, { resolve }))).toEqual({ status: 200, body: '{"yes":true}' });
  expect(endpoint.asked[0]).toMatchObject({
    path: "/who",
    headers: { host: `function.example:${endpoint.port}` },
  });
  expect(lookups).toBe(1);
});
it("rejects a name that stands for a private address, also beside public ones", async () => {
  const endpoint = await start(answerJson({}));
  const url = `http://function.example:${endpoint.port}/`;
  for (const addresses of [["127.0.0.1"], ["::1"], ["203.0.114.1", "127.0.0.1"], ["::ffff:127.0.0.1"], []]) {
    const resolve = resolver(addresses);
    expect(await reasonOf(post(request(url, { allowPrivateAddresses: false, resolve })))).toBe(
      "the address is not public",
    );
  }
  expect(endpoint.connections()).toBe(0);
});

it("follows no redirect", async () => {
  const target = await start(answerJson({}));
  const endpoint = await start((_asked, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${target.port}/` }).end(),
  );
  expect(await post(request(`http://127.0.0.1:${endpoint.port}/`))).toEqual({ status: 307, body: "" });
  expect(target.connections()).toBe(0);
});

it("reads a long answer no further than allowed", async () => {
  let closed = (): void => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const endpoint = await start((_asked, response) => {
    response.on("close", closed);
    const write = (): void => {
      if (!response.destroyed) response.write("x".repeat(10_000), () => setImmediate(write));
    };
    write();
  });
  const url = `http://127.0.0.1:${endpoint.port}/`;
  expect(await reasonOf(post(request(url)))).toBe("the answer is longer than 1000 bytes");
  await isClosed;
  endpoint.reply((_asked, response) => void response.end("x".repeat(1_000)));
  expect((await post(request(url))).body).toHaveLength(1_000);
});

it.each<[string, Parameters<typeof startEndpoint>[0]]>([
  ["never answers", () => {}],
  [
    "sends a byte at a time",
    (_asked, response) => {
      const timer = setInterval(() => response.write(" "), 50);
      response.on("close", () => clearInterval(timer));
    },
  ],
])("waits no longer than it may for one that %s", async (_, reply) => {
  const endpoint = await start(reply);
  const attempt = post(request(`http://127.0.0.1:${endpoint.port}/`, { seconds: 0.3 }));
  expect(await reasonOf(attempt)).toBe("there was no answer within 0.3 seconds");
});

it.each([
  ["no HTTP", "the secret of the endpoint\r\n\r\n", "HPE_INVALID_CONSTANT"],
  [
    "another protocol",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "there was no answer within 1 seconds",
  ],
  ["half an answer", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{", "ECONNRESET"],
  ["nothing at all", "", "ECONNRESET"],
])("says without the words of the endpoint that it spoke %s", async (_, bytes, reason) => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ stop: () => void server.close() });
  const { port } = server.address() as { port: number };
  expect(await reasonOf(post(request(`http://127.0.0.1:${port}/`, { seconds: 1 })))).toBe(reason);
});
it("says that nothing listens", async () => {
  const endpoint = await start(answerJson({}));
  await endpoint.stop();
  expect(await reasonOf(post(request(`http://127.0.0.1:${endpoint.port}/`)))).toBe("ECONNREFUSED");
});

it("checks over https that the certificate is trusted and is the name's", async () => {
  const endpoint = await start(answerJson({ yes: true }), { key: privateKey, cert: certificate });
  const folder = mkdtempSync(join(tmpdir(), "passerby-certificate-"));
  open.push({ stop: () => rmSync(folder, { recursive: true }) });
  const file = join(folder, "certificate.pem");
  writeFileSync(file, certificate);
  /** In a process of its own, since Node reads what else it trusts at its start. */
  const ask = (hostname: string, environment: Record<string, string>): Promise<string> => {
    const script = `import { post } from "./dist/network/outgoing-request.js";
      const url = new URL("https://${hostname}:${endpoint.port}/");
      const request = { url, headers: {}, body: "{}", seconds: 5, maxAnswerBytes: 100, allowPrivateAddresses: true };
      console.log(await post(request).then(({ body }) => body, ({ message }) => message));`;
    return new Promise((resolve, reject) =>
      execFile(
        "node",
        ["--input-type=module", "-e", script],
        { env: { PATH: process.env.PATH, ...environment } },
        (error, stdout) => (error ? reject(error) : resolve(stdout.trim())),
      ),
    );
  };
  const trusting = { NODE_EXTRA_CA_CERTS: file };
  expect(await ask("localhost", trusting)).toBe('{"yes":true}');
  expect(endpoint.asked).toMatchObject([
    { servername: "localhost", headers: { host: `localhost:${endpoint.port}` } },
  ]);
  expect(await ask("127.0.0.1", trusting)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await ask("localhost", {})).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  expect(endpoint.asked).toHaveLength(1);
});

it("networks that are allowed are reached, by address and by name, and other private addresses are not", async () => {
  const endpoint = await start(answerJson({}));
  const to = (host: string, network: string, resolve = resolver(["127.0.0.1"])) =>
    reasonOf(
      post(
        request(`http://${host}:${endpoint.port}/`, {
          allowPrivateAddresses: parseNetworks(network) ?? [],
          resolve,
        }),
      ),
    );
  expect(await to("127.0.0.1", "127.0.0.0/8")).toBe("it answered");
  expect(await to("inside.example", "loopback")).toBe("it answered");
  expect(await to("127.0.0.1", "10.0.0.0/8")).toBe("the address is not public");
  expect(await to("inside.example", "10.0.0.0/8")).toBe("the address is not public");
  expect(await to("inside.example", "loopback", resolver(["127.0.0.1", "10.0.0.1"]))).toBe(
    "the address is not public",
  );
});

it("with an agent a connection is used again, and a request whose kept connection was closed is sent once more", async () => {
  const agent = new Agent({ keepAlive: true });
  open.push({ stop: () => agent.destroy() });
  const endpoint = await start(answerJson({}));
  const send = () => reasonOf(post(request(`http://127.0.0.1:${endpoint.port}/`, { agent })));
  expect([await send(), await send()]).toEqual(["it answered", "it answered"]);
  expect(endpoint.connections()).toBe(1);
  let isFirst = true;
  endpoint.reply((asked, response) => {
    if (isFirst) response.socket?.destroy();
    else answerJson({})(asked, response);
    isFirst = false;
  });
  expect(await send()).toBe("it answered");
  expect([endpoint.connections(), endpoint.asked.length]).toEqual([2, 4]);
});

it("requests leave nothing in a signal that outlives them", async () => {
  const endpoint = await start(answerJson({}));
  const { signal } = new AbortController();
  await post(request(`http://127.0.0.1:${endpoint.port}/`, { signal }));
  await reasonOf(post(request("http://127.0.0.1:1/", { signal })));
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

it("a request whose signal is aborted already is not sent", async () => {
  const endpoint = await start(answerJson({}));
  const signal = AbortSignal.abort();
  expect(await reasonOf(post(request(`http://127.0.0.1:${endpoint.port}/`, { signal })))).toBe("ABORT_ERR");
  expect(endpoint.asked).toEqual([]);
});

it("a request that is aborted ends", async () => {
  const endpoint = await start(() => {});
  const aborting = new AbortController();
  const attempt = reasonOf(post(request(`http://127.0.0.1:${endpoint.port}/`, { signal: aborting.signal })));
  setTimeout(() => aborting.abort(), 50);
  expect(await attempt).toMatch(/ABORT/);
});
