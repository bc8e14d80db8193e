/** What a custom function is asked and answers, and what of a profile is stored: bounded, the same on both databases. */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer } from "../support/issuer.ts";

const secret = `whsec_${randomBytes(24).toString("base64")}`;
const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
const MAX_PROFILE_BYTES = 65_536;

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let endpoint: Endpoint;
  let users: number;
  const logged: Record<string, unknown>[] = [];
  const warnings = (): unknown[] => logged.filter(({ level }) => level === 40).map(({ reason }) => reason);

  beforeAll(async () => {
    database = await createDatabase(name);
    const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line)) });
    gateway = await startGateway({ url: database.url, log });
    endpoint = await startEndpoint(answerJson({ subject: "ada" }));
    await deployProvider(gateway, "custom-function", true, {
      url: `http://127.0.0.1:${endpoint.port}/`,
      secret,
      allowPrivateAddresses: true,
    });
  });
  beforeEach(async () => {
    endpoint.reply(answerJson({ subject: "ada" }));
    endpoint.asked.length = 0;
    users = await countRows(gateway, "users");
    logged.length = 0;
  });
  afterEach(() => endpoint.reply(answerJson({ subject: "ada" })));
  afterAll(async () => {
    await endpoint.stop();
    await gateway.stop();
    await database.drop();
  });

  const login = (payload: unknown = {}): Promise<Answer> =>
    gateway.graph(
      "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { user { id profile identities { subject } } } }",
      { variables: { p: payload } },
    );

  /** As text, since a client that builds one as a value has no stack for it. */
  const sendDeep = async (depth: number, [open, close]: readonly [string, string]): Promise<Answer[]> => {
    const payload = `{"p":${open.repeat(depth)}1${close.repeat(depth)}}`;
    const query =
      "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { user { id } } }";
    const literal = `mutation { login(credentials: { function: { payload: ${payload.replaceAll('"', "")} } }) { user { id } } }`;
    const bodies = [
      `{"query":${JSON.stringify(query)},"variables":{"p":${payload}}}`,
      JSON.stringify({ query: literal }),
    ];
    return Promise.all(
      bodies.map(async (body) => {
        const headers = { "content-type": "application/json" };
        const response = await fetch(`${gateway.url}/graphql`, { method: "POST", headers, body });
        return (await response.json()) as Answer;
      }),
    );
  };
  it.each([
    [100, "lists", ["[", "]"] as const],
    [100, "objects", ['{"p":', "}"] as const],
    [20_000, "lists", ["[", "]"] as const],
    [20_000, "objects", ['{"p":', "}"] as const],
  ])(
    "a payload of %i %s in each other is a client error, and the endpoint is not asked",
    async (depth, _, brackets) => {
      for (const answer of await sendDeep(depth, brackets)) {
        expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual([
          expect.stringMatching(
            /^(BAD_USER_INPUT|BAD_REQUEST|REQUEST_TOO_LARGE|GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED)$/,
          ),
        ]);
      }
      expect(endpoint.asked).toHaveLength(0);
      expect(logged.filter(({ level }) => Number(level) > 40)).toEqual([]);
    },
  );
  it("a payload that is not deep is asked about, however many siblings it has", async () => {
    expect((await login({ list: Array(5_000).fill([]), deep: nested(20) })).errors).toBeUndefined();
  });
  it("a payload 20,000 deep of the Realm protocol is a client error", async () => {
    const response = await fetch(
      `${gateway.url}/api/client/v2.0/app/passerby/auth/providers/custom-function/login`,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"p":${"[".repeat(7_000)}${"]".repeat(7_000)}}`,
      },
    );
    expect(response.status).toBe(400);
    expect(endpoint.asked).toHaveLength(0);
  });

  it.each<[string, Parameters<Endpoint["reply"]>[0], RegExp]>([
    [
      "10,000 deep",
      (_asked, response) =>
        void response.end(`{"subject":"new","profile":{"p":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`),
      /nested deeper than 64 levels/,
    ],
    [
      "with a profile of 201 fields",
      answerJson({
        subject: "new",
        profile: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}`, i])),
      }),
      /more than 200 fields/,
    ],
    [
      "that is not in UTF-8",
      (_asked, response) => void response.end(Buffer.from('{"subject":"J\xfcrgen"}', "latin1")),
      /not in UTF-8/,
    ],
    ["with half a surrogate pair in the subject", answerJson({ subject: "a\ud800" }), /subject/],
    ["that is a page", (_asked, response) => void response.end("<h1>Hello</h1>"), /not valid JSON/],
    [
      "of status 201",
      answerJson({ subject: "new" }, 201),
      /status 201; valid credentials must have the status 200/,
    ],
    [
      "that is a redirect",
      (_asked, response) => void response.writeHead(308, { location: "/x" }).end(),
      /308; redirects are not followed/,
    ],
    ["of status 500", answerJson({}, 500), /status 500/],
  ])(
    "an answer %s is SERVICE_UNAVAILABLE, makes no user and is told to the operator",
    async (_, reply, reason) => {
      endpoint.reply(reply);
      expect(codeOf(await login())).toBe("SERVICE_UNAVAILABLE");
      expect(warnings()).toEqual([expect.stringMatching(reason)]);
      expect(await countRows(gateway, "users")).toBe(users);
    },
  );
  it.each<[string, Parameters<Endpoint["reply"]>[0]]>([
    ["with a byte order mark", (_asked, response) => void response.end('\ufeff{"subject":"bom"}')],
    [
      "with another content type",
      (_asked, response) =>
        void response.writeHead(200, { "content-type": "text/plain" }).end('{"subject":"text"}'),
    ],
    [
      "that a proxy compressed",
      (_asked, response) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"subject":"gzip"}')),
    ],
  ])("an answer %s is taken", async (_, reply) => {
    endpoint.reply(reply);
    expect((await login()).errors).toBeUndefined();
  });
  it.each([
    [404, /status 404, which counts as invalid credentials: check `url`/],
    [415, /status 415.*application\/json/],
    [429, /status 429.*return 503/],
  ])(
    "the status %i is INVALID_CREDENTIALS, and an operator is told that it may be something else",
    async (status, reason) => {
      endpoint.reply(answerJson({ words: "the words of the endpoint" }, status));
      const answer = await login();
      expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
      expect(warnings()).toEqual([expect.stringMatching(reason)]);
      expect(JSON.stringify([answer, logged])).not.toContain("the words");
    },
  );
  it.each([400, 401, 403, 422])("the status %i is INVALID_CREDENTIALS, which is no news", async (status) => {
    endpoint.reply(answerJson({}, status));
    expect(codeOf(await login())).toBe("INVALID_CREDENTIALS");
    expect(warnings()).toEqual([]);
  });

  const values = {
    nul: "a\0b",
    half: "\ud800",
    pair: "🏳️‍🌈",
    deep: nested(30),
    no: null,
    yes: true,
    few: [1.5, {}],
    "": "",
  };
  it("a profile holds any JSON, characters included that a database cannot store as text", async () => {
    endpoint.reply(answerJson({ subject: "strange", profile: values }));
    expect((await login()).data.login.user.profile).toEqual(values);
    endpoint.reply(answerJson({ subject: "strange" }));
    expect((await login()).data.login.user.profile).toEqual(values);
  });
  it("a profile that grows with each login is held to its bound by what is said last", async () => {
    for (let step = 0; step < 4; step++) {
      const profile = { [`field${step}`]: "x".repeat(30_000), step };
      endpoint.reply(answerJson({ subject: "growing", profile }));
      const { data } = await login();
      expect(JSON.stringify(data.login.user.profile).length).toBeLessThanOrEqual(MAX_PROFILE_BYTES);
      expect(data.login.user.profile).toMatchObject(profile);
    }
  });

  it("a token's claims are stored up to the same bound, counted in bytes, and beyond it rejected", async () => {
    const issuer = await deployIssuer(gateway);
    await deployProvider(gateway, "custom-token", true, {
      ...(gateway.app.services.providers.requireEnabled("custom-token").settings as object),
      profileClaims: { about: "about", odd: "odd" },
    });
    users = await countRows(gateway, "users");
    const around = JSON.stringify({ about: "" }).length;
    const fits = "ü".repeat((MAX_PROFILE_BYTES - around) / 2);
    expect((await issuer.login("big", { about: fits })).errors).toBeUndefined();
    const answer = await issuer.login("bigger", { about: `${fits}üü` });
    expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
    expect(answer.errors?.[0]?.message).toMatch(/more than 65536 bytes/);
    expect(codeOf(await issuer.login("deeper", { odd: nested(1_000) }))).toBe("INVALID_CREDENTIALS");
    expect((await issuer.login("odd", { odd: values })).errors).toBeUndefined();
    expect(await countRows(gateway, "users")).toBe(users + 2);
  });
});
