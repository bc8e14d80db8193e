/** Answers without end, compressed or not: no outgoing request reads them further than it may. */
import { createServer, type Server, type ServerResponse } from "node:http";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { NoAnswerError, post } from "../../src/network/outgoing-request.ts";
import { AccessTokenError } from "../../src/subgraph/access-token-error.ts";
import { createVerifier } from "../../src/subgraph/index.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import { codeOf, createDatabase, deployProvider, type Gateway, startGateway } from "../support/gateway.ts";
import { lies } from "../support/lying-provider.ts";
import { openLyingStage } from "../support/lying-stage.ts";

const CHUNK = Buffer.alloc(65_536, " ");
/** More than anything that is held back on the way, in buffers of the system and of streams. */
const IN_TRANSIT_BYTES = 16_000_000;
const ENDLESS_BYTES = 1_000_000_000;

/** Sends spaces until the client stops reading. @returns how many bytes were sent when the connection was closed */
function pour(response: ServerResponse): Promise<number> {
  let sent = 0;
  return new Promise((resolve) => {
    response.on("close", () => resolve(sent));
    const more = (): void => {
      if (response.destroyed || sent > ENDLESS_BYTES) return void response.destroy();
      sent += CHUNK.length;
      response.write(CHUNK, () => setImmediate(more));
    };
    more();
  });
}

/** The same as a stream that unfolds to a thousand times its length. */
function pourFolded(response: ServerResponse): Promise<number> {
  response.setHeader("content-encoding", "gzip");
  let unfolded = 0;
  const gzip = createGzip({ level: 9 });
  gzip.pipe(response);
  return new Promise((resolve) => {
    response.on("close", () => {
      gzip.destroy();
      resolve(unfolded);
    });
    const more = (): void => {
      if (response.destroyed || unfolded > ENDLESS_BYTES) return void response.destroy();
      unfolded += CHUNK.length;
      gzip.write(CHUNK, () => setImmediate(more));
    };
    more();
  });
}

const request = (port: number, maxAnswerBytes = 100_000) => ({
  url: new URL(`http://127.0.0.1:${port}/`),
  headers: {},
  body: "{}",
  seconds: 20,
  maxAnswerBytes,
  allowPrivateAddresses: true,
});
const reasonOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "it answered",
    (error) => (error instanceof NoAnswerError ? error.message : `unexpected ${error}`),
  );

describe("one request", () => {
  let endpoint: Endpoint;
  beforeAll(async () => {
    endpoint = await startEndpoint(answerJson({}));
  });
  afterAll(() => endpoint.stop());

  it.each([
    ["a plain answer without end", pour, IN_TRANSIT_BYTES],
    // A thousandth of it crosses the connection, so that much more can be on its way.
    ["an answer that unfolds without end", pourFolded, ENDLESS_BYTES],
  ])("closes the connection on %s", async (_, reply, most) => {
    let poured: Promise<number> = Promise.resolve(0);
    endpoint.reply((_asked, response) => {
      poured = reply(response);
    });
    const before = process.memoryUsage().rss;
    expect(await reasonOf(post(request(endpoint.port)))).toBe("the answer is longer than 100000 bytes");
    expect(await poured).toBeLessThan(most);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  const text = JSON.stringify({ hello: "ü".repeat(100) });
  it.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["identity", Buffer.from(text)],
  ])("reads what was compressed by %s although that was not requested", async (coding, bytes) => {
    endpoint.reply((_asked, response) => void response.setHeader("content-encoding", coding).end(bytes));
    expect(await post(request(endpoint.port))).toEqual({ status: 200, body: text });
    expect(endpoint.asked.at(-1)?.headers["accept-encoding"]).toBe("identity");
  });
  it.each([
    ["twice", "gzip, gzip", gzipSync(gzipSync(text))],
    ["in an unknown way", "zstd", Buffer.from(text)],
  ])("rejects what was compressed %s", async (_, coding, bytes) => {
    endpoint.reply((_asked, response) => void response.setHeader("content-encoding", coding).end(bytes));
    expect(await reasonOf(post(request(endpoint.port)))).toMatch(/compressed in a way that is not supported/);
  });
  it.each([
    ["is not", Buffer.from("the words of the endpoint")],
    ["ends too early", gzipSync(text).subarray(0, 30)],
  ])("says with a code alone that what should be compressed %s", async (_, bytes) => {
    endpoint.reply((_asked, response) => void response.setHeader("content-encoding", "gzip").end(bytes));
    expect(await reasonOf(post(request(endpoint.port)))).toMatch(/^Z_\w+$/);
  });
  it("takes an empty answer as empty, whatever it says about compression", async () => {
    endpoint.reply((_asked, response) => response.writeHead(204, { "content-encoding": "gzip" }).end());
    expect(await post(request(endpoint.port))).toEqual({ status: 204, body: "" });
  });
  it("counts what is compressed, too", async () => {
    endpoint.reply((_asked, response) => {
      // Random bytes do not become shorter.
      const bytes = gzipSync(Buffer.from(Array.from({ length: 5_000 }, () => Math.random()).join("")));
      response.setHeader("content-encoding", "gzip").end(bytes);
    });
    expect(await reasonOf(post(request(endpoint.port, 20_000)))).toBe(
      "the answer is longer than 20000 bytes",
    );
  });
  it("rejects headers without end", async () => {
    endpoint.reply((_asked, response) => response.writeHead(200, { "x-long": "x".repeat(60_000) }).end("{}"));
    expect(await reasonOf(post(request(endpoint.port)))).toBe("HPE_HEADER_OVERFLOW");
  });
});

describe("a provider whose answer has no end is SERVICE_UNAVAILABLE, and is not read to the end:", () => {
  let poured: Promise<number>;
  const counted = (reply: typeof pour) => (response: ServerResponse) => {
    response.setHeader("content-type", "application/json");
    poured = reply(response);
  };
  const ways = [
    ["plain", pour, IN_TRANSIT_BYTES],
    ["compressed", pourFolded, ENDLESS_BYTES],
  ] as const;

  describe("of type oidc", () => {
    let stage: Awaited<ReturnType<typeof openLyingStage>>;
    beforeAll(async () => {
      stage = await openLyingStage();
    });
    beforeEach(() => stage.deploy());
    afterEach(() => stage.tellTheTruth());
    afterAll(() => stage.close());

    it.each(ways.flatMap((way) => [["discovery", ...way] as const, ["keys", ...way] as const]))(
      "%s, %s",
      async (name, _way, reply, most) => {
        stage.idp.lies[name] = counted(reply);
        expect(await stage.rejection(async () => stage.login(await stage.sign()))).toBe(
          "SERVICE_UNAVAILABLE",
        );
        expect(await poured).toBeLessThan(most);
      },
    );
  });

  describe("custom-token", () => {
    let gateway: Gateway;
    let database: Awaited<ReturnType<typeof createDatabase>>;
    let endpoint: Endpoint;
    beforeAll(async () => {
      database = await createDatabase("sqlite");
      gateway = await startGateway({ url: database.url });
      endpoint = await startEndpoint(answerJson({}));
    });
    afterAll(async () => {
      await endpoint.stop();
      await gateway.stop();
      await database.drop();
    });
    it.each(ways)("jwksUrl, %s", async (way, reply, most) => {
      endpoint.reply((_asked, response) => counted(reply)(response));
      await deployProvider(gateway, "custom-token", true, {
        issuer: `https://${way}.example`,
        algorithms: ["RS256"],
        jwksUrl: `http://127.0.0.1:${endpoint.port}/keys`,
      });
      const token = `${btoa('{"alg":"RS256"}').replaceAll("=", "")}.${btoa('{"sub":"ada"}').replaceAll("=", "")}.AAAA`;
      const answer = await gateway.graph(
        "mutation ($t: String!) { login(credentials: { jwt: { token: $t } }) { user { id } } }",
        { variables: { t: token } },
      );
      expect(codeOf(answer)).toBe("SERVICE_UNAVAILABLE");
      expect(await poured).toBeLessThan(most);
    });
  });
});

describe("a subgraph", () => {
  let server: Server;
  let url: string;
  let poured: Promise<number>;
  let reply: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_request, response) => reply(response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const token = `${btoa('{"alg":"ES256","typ":"JWT","kid":"x"}').replaceAll("=", "")}.e30.AAAA`;
  const failure = async (): Promise<unknown> =>
    createVerifier({ issuer: url })(token).then(
      () => "it was taken",
      (error) => (error instanceof AccessTokenError ? error.code : error),
    );

  it.each([
    ["plain", pour, IN_TRANSIT_BYTES],
    ["compressed", pourFolded, ENDLESS_BYTES],
  ] as const)("reads no further than keys can reach, %s", async (_, pouring, most) => {
    reply = (response) => {
      poured = pouring(response);
    };
    expect(await failure()).toBe("KEYS_UNREACHABLE");
    expect(await poured).toBeLessThan(most);
  });
  it.each<[string, unknown]>([
    ["a list that is none", { keys: "x" }],
    ["keys that are none", { keys: [null] }],
    ["nothing", null],
  ])("says of %s that there are not keys, and not that the token is wrong", async (_, value) => {
    reply = (response) => lies.json(value)(response, response.req);
    expect(await failure()).toBe("KEYS_UNREACHABLE");
  });
});
