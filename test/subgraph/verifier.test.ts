/** The verifier and the gateway's keys: how often they are requested, and what happens without an answer. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CLOCK_SKEW_SECONDS } from "../../src/identity/policy.ts";
import {
  AccessTokenError,
  createVerifier,
  type VerifierOptions,
  verifyAccessToken,
} from "../../src/subgraph/index.ts";
import { startTestIssuer, type TestIssuer } from "../../src/testing/index.ts";
import { signEs256 } from "../../src/testing/signing.ts";
import { TestClock } from "../support/test-clock.ts";

const CLOSED_PORT = "http://127.0.0.1:9";

describe("a verifier", () => {
  let issuer: TestIssuer;
  let issuers: TestIssuer[];
  let clock: TestClock;
  let asked: string[];
  let isDown: boolean;
  beforeEach(async () => {
    clock = new TestClock();
    issuers = await Promise.all([clock, clock].map(({ now }) => startTestIssuer({ clock: now })));
    issuer = issuers[0] as TestIssuer;
    asked = [];
    isDown = false;
  });
  afterEach(() => Promise.all(issuers.map((each) => each.stop())));

  const options = (more: Partial<VerifierOptions> = {}): VerifierOptions => ({
    issuer: issuer.issuer,
    clock: clock.now,
    async fetch(url, init) {
      asked.push(new URL(url).pathname);
      if (isDown) throw new TypeError("fetch failed");
      return fetch(url, init);
    },
    ...more,
  });
  const codeOf = async (verifying: Promise<unknown>): Promise<string> => {
    const error = await verifying.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof AccessTokenError)) return error === null ? "accepted" : String(error);
    return error.code;
  };

  it("gives the claims of the token, typed", async () => {
    const claims = issuer.createClaims({ is_anonymous: true });
    expect(await verifyAccessToken(issuer.issueToken(claims), options())).toEqual(claims);
  });

  it("asks for keys once, however many tokens come at the same time, and again after ten minutes", async () => {
    const verify = createVerifier(options());
    await Promise.all(Array.from({ length: 20 }, () => verify(issuer.issueToken())));
    clock.advance({ minutes: 9, seconds: 59 });
    await verify(issuer.issueToken());
    expect(asked).toEqual(["/.well-known/jwks.json"]);
    clock.advance({ seconds: 1 });
    await verify(issuer.issueToken());
    expect(asked).toHaveLength(2);
  });

  it("keeps keys between calls with options that are written anew each time", async () => {
    const { fetch: counting } = options();
    const counted = { ...options(), fetch: counting } as VerifierOptions;
    for (let call = 0; call < 5; call++) await verifyAccessToken(issuer.issueToken(), { ...counted });
    expect(asked).toHaveLength(1);
  });

  it("learns of a key that it does not know, once in thirty seconds at most", async () => {
    const verify = createVerifier(options());
    await verify(issuer.issueToken());
    issuer.rotateKey();
    const token = issuer.issueToken();
    expect(await codeOf(verify(token))).toBe("TOKEN_INVALID");
    expect(asked).toHaveLength(1);
    clock.advance({ seconds: 30 });
    expect(await codeOf(verify(token))).toBe("accepted");
    expect(asked).toHaveLength(2);
  });

  it("does not ask for keys because of garbage, nor all the time because of made-up keys", async () => {
    const verify = createVerifier(options());
    for (const token of ["", "garbage", "a.b.c", "x".repeat(9_000), `${btoa('{"alg":"none"}')}.e30.`]) {
      expect(await codeOf(verify(token))).toBe("TOKEN_INVALID");
    }
    expect(await codeOf(verify(null as unknown as string))).toBe("TOKEN_INVALID");
    expect(asked).toEqual([]);
    const stranger = issuers[1] as TestIssuer;
    await verify(issuer.issueToken());
    clock.advance({ seconds: 30 });
    for (let attempt = 0; attempt < 20; attempt++) {
      const token = stranger.issueToken(issuer.createClaims());
      expect(await codeOf(verify(token))).toBe("TOKEN_INVALID");
    }
    expect(asked).toHaveLength(2);
  });

  it("says that keys are unreachable, which is not the token's fault, and gets on when they are back", async () => {
    const verify = createVerifier(options());
    isDown = true;
    const tries = Array.from({ length: 10 }, () => codeOf(verify(issuer.issueToken())));
    expect(new Set(await Promise.all(tries))).toEqual(new Set(["KEYS_UNREACHABLE"]));
    expect(await codeOf(verify(issuer.issueToken()))).toBe("KEYS_UNREACHABLE");
    expect(asked).toHaveLength(1);
    isDown = false;
    clock.advance({ seconds: 1 });
    expect(await codeOf(verify(issuer.issueToken()))).toBe("accepted");
  });

  it("goes by the last keys for an hour while the gateway is down, and no longer", async () => {
    const verify = createVerifier(options());
    await verify(issuer.issueToken());
    isDown = true;
    clock.advance({ minutes: 59 });
    expect(await codeOf(verify(issuer.issueToken()))).toBe("accepted");
    await verify(issuer.issueToken());
    expect(asked).toHaveLength(2);
    clock.advance({ minutes: 1 });
    expect(await codeOf(verify(issuer.issueToken()))).toBe("KEYS_UNREACHABLE");
  });

  it.each([
    ["a server that is no gateway", 404, "{}"],
    ["a document that is not a key set", 200, '{"issuer":"x"}'],
    ["a document that is not JSON", 200, "<html>"],
  ])("says that keys are unreachable at %s", async (_, status, body) => {
    const verify = createVerifier(options({ fetch: async () => new Response(body, { status }) }));
    expect(await codeOf(verify(issuer.issueToken()))).toBe("KEYS_UNREACHABLE");
  });

  it("takes no document of another type for an access token, nor an access token for the list, whatever they say", async () => {
    const claims = { ...issuer.createClaims(), complete: true, sessions: [] };
    const document = signEs256(issuer.key, claims, { typ: "revoked-sessions+jwt" });
    expect(await codeOf(verifyAccessToken(document, options()))).toBe("TOKEN_INVALID");
    const listed = (list: string): VerifierOptions => {
      const { fetch: real } = options() as { fetch: NonNullable<VerifierOptions["fetch"]> };
      const answer = async (): Promise<Response> => new Response(list);
      return options({
        revocation: "list",
        fetch: (url, init) => (url.endsWith("/revoked-sessions") ? answer() : real(url, init)),
      });
    };
    expect(await codeOf(verifyAccessToken(issuer.issueToken(), listed(document)))).toBe("accepted");
    const token = signEs256(issuer.key, claims);
    expect(await codeOf(verifyAccessToken(issuer.issueToken(), listed(token)))).toBe("REVOCATION_UNKNOWN");
  });

  it("forgives a clock that is a few seconds off, and never more than the gateway counts on", async () => {
    const token = issuer.issueToken();
    clock.advance({ minutes: 30, seconds: 4 });
    expect(await codeOf(verifyAccessToken(token, options()))).toBe("accepted");
    clock.advance({ seconds: 1 });
    expect(await codeOf(verifyAccessToken(token, options()))).toBe("TOKEN_EXPIRED");
    const patient = options({ clockSkewSeconds: CLOCK_SKEW_SECONDS });
    expect(await codeOf(verifyAccessToken(token, patient))).toBe("accepted");
    expect(() => createVerifier(options({ clockSkewSeconds: CLOCK_SKEW_SECONDS + 1 }))).toThrow(TypeError);
  });

  it("has no token in its errors", async () => {
    const token = issuer.issueToken({ aud: "https://other.example" });
    const error = await verifyAccessToken(token, options()).catch((reason: unknown) => reason);
    const { message, stack, cause } = error as Error;
    expect(`${message}${stack}${String(cause)}`).not.toContain(token);
  });

  it("reaches the gateway elsewhere than at the issuer's address, where that is said", async () => {
    const inside = options({
      issuer: "https://id.example.com",
      audience: "shop",
      gatewayUrl: `${issuer.issuer}/`,
    });
    const token = issuer.issueToken({ iss: "https://id.example.com", aud: "shop" });
    expect(await codeOf(verifyAccessToken(token, inside))).toBe("accepted");
    const keysOnly = options({ issuer: "https://id.example.com", audience: "shop", jwksUrl: issuer.jwksUrl });
    expect(await codeOf(verifyAccessToken(token, keysOnly))).toBe("accepted");
  });

  it.each<[string, object]>([
    ["issuer", { issuer: "id.example.com" }],
    ["issuer", { issuer: undefined }],
    ["jwksUrl", { issuer: CLOSED_PORT, jwksUrl: "keys" }],
    ["gatewayUrl", { issuer: CLOSED_PORT, gatewayUrl: "ftp://gateway" }],
    ["clockSkewSeconds", { issuer: CLOSED_PORT, clockSkewSeconds: -1 }],
    ["clockSkewSeconds", { issuer: CLOSED_PORT, clockSkewSeconds: Number.NaN }],
    ["revocation", { issuer: CLOSED_PORT, revocation: "sometimes" }],
    ["serviceKey", { issuer: CLOSED_PORT, revocation: "introspection" }],
  ])("rejects options that cannot work at once, naming %s", (name, wrong) => {
    expect(() => createVerifier(wrong as VerifierOptions)).toThrow(name);
    expect(() => createVerifier(wrong as VerifierOptions)).toThrow(TypeError);
  });
});
