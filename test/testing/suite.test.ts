/** The suite for verifiers: good ones pass, and each kind of sloppy one fails the cases that are about its fault. */
import { describe, expect, it, test } from "@jest/globals";
import { createRemoteJWKSet, decodeJwt, type JWK, jwtVerify } from "jose";
import { createVerifier, verifyAccessToken } from "../../src/subgraph/index.ts";
import {
  type CreateTestedVerifier,
  checkVerifier,
  describeVerifier,
  type IssuerSettings,
  verifierSuite,
} from "../../src/testing/index.ts";
import { proofCases } from "../../src/testing/proof-cases.ts";

describeVerifier({ describe, test }, ({ issuer, audience }) => {
  return (token) => verifyAccessToken(token, { issuer, audience });
});

describe("with the list of revoked sessions", () => {
  describeVerifier(
    { describe, test },
    ({ issuer }) =>
      (token) =>
        verifyAccessToken(token, { issuer, revocation: "list" }),
    { revocation: true },
  );
});

describe("with introspection", () => {
  describeVerifier(
    { describe, test },
    ({ issuer, serviceKey }) =>
      (token) =>
        verifyAccessToken(token, { issuer, revocation: "introspection", serviceKey }),
    { revocation: true },
  );
});

describe("with tokens that are bound to a key", () => {
  describeVerifier(
    { describe, test },
    ({ issuer }) =>
      (token, request) =>
        verifyAccessToken(token, { issuer }, request),
    { dpop: true },
  );
});

const failuresOf = async (create: CreateTestedVerifier, options = {}): Promise<string[]> =>
  (await checkVerifier(create, options)).failed.map(({ name }) => name);
const keysOf = ({ jwksUrl }: IssuerSettings) => createRemoteJWKSet(new URL(jwksUrl));
const rejections = verifierSuite(() => decodeJwt)
  .map(({ name }) => name)
  .filter((name) => name.startsWith("rejects"));
const unreadable = [
  "rejects a refresh token",
  "rejects a server API key",
  "rejects an empty token",
  "rejects garbage",
  "rejects garbage in three parts",
];

describe("a sloppy verifier is found out", () => {
  it("that only decodes", async () => {
    expect(await failuresOf(() => decodeJwt)).toEqual(
      rejections.filter((name) => !unreadable.includes(name)),
    );
  });

  it("that accepts every token, or treats invalid tokens as no token", async () => {
    expect(await failuresOf(() => () => ({}))).toHaveLength(verifierSuite(() => decodeJwt).length);
    const report = await checkVerifier(
      (issuer) => (token) => verifyAccessToken(token, issuer).catch(() => null),
    );
    expect(report.failed.map(({ name }) => name)).toEqual(rejections);
    expect(report.failed[0]?.problem).toContain("returned null for an invalid token");
  });

  it("that rejects everything", async () => {
    const failures = await failuresOf(() => () => {
      throw new Error("no");
    });
    expect(failures).toHaveLength(5);
    for (const name of failures) expect(name).toMatch(/^accepts/);
  });

  it.each<[string, CreateTestedVerifier, string[]]>([
    [
      "that checks the signature alone",
      (settings) => async (token) => (await jwtVerify(token, keysOf(settings))).payload,
      [
        "rejects a token for another audience",
        "rejects a token of another issuer",
        "rejects a token without user (sub)",
        "rejects a token without end (exp)",
        "rejects the list of revoked sessions, signed by the same key",
      ],
    ],
    [
      "that does not look at the audience",
      ({ issuer, ...settings }) =>
        async (token) =>
          (
            await jwtVerify(token, keysOf({ issuer, ...settings }), {
              issuer,
              typ: "JWT",
              requiredClaims: ["sub", "exp"],
            })
          ).payload,
      ["rejects a token for another audience"],
    ],
    [
      "that does not ask for an end",
      ({ issuer, audience, ...settings }) =>
        async (token) =>
          (
            await jwtVerify(token, keysOf({ issuer, audience, ...settings }), {
              issuer,
              audience,
              requiredClaims: ["sub"],
            })
          ).payload,
      ["rejects a token without end (exp)"],
    ],
    [
      "that believes in expired tokens",
      ({ issuer, audience, ...settings }) =>
        async (token) =>
          (
            await jwtVerify(token, keysOf({ issuer, audience, ...settings }), {
              issuer,
              audience,
              requiredClaims: ["sub", "exp"],
              clockTolerance: 86_400,
            })
          ).payload,
      ["rejects an expired token", "rejects a token that is not valid yet"],
    ],
    [
      "that keeps to one key",
      async (settings) => {
        const { keys } = (await (await fetch(settings.jwksUrl)).json()) as { keys: [object] };
        return async (token: string) =>
          (
            await jwtVerify(token, keys[0] as JWK, {
              issuer: settings.issuer,
              audience: settings.audience,
              algorithms: ["ES256"],
              requiredClaims: ["sub", "exp"],
            })
          ).payload;
      },
      [
        "accepts the next key, which was published before it signed",
        "rejects a retired key that is no longer published",
      ],
    ],
  ])("%s", async (_, create, failures) => {
    expect(await failuresOf(create)).toEqual(failures);
  });

  it("that does not know of keys, or reads proofs by halves", async () => {
    const proofFailures = async (create: CreateTestedVerifier): Promise<string[]> =>
      (await failuresOf(create, { dpop: true })).filter((name) => !failuresWithout.has(name));
    const failuresWithout = new Set(await failuresOf(() => decodeJwt));
    const unaware = await proofFailures(() => decodeJwt);
    expect(unaware).toHaveLength(proofCases.filter(({ expected }) => expected === "rejected").length);

    const believing: CreateTestedVerifier = () => (token, request) => {
      const isBound = decodeJwt(token).cnf !== undefined;
      if (isBound !== (request?.scheme === "DPoP") || (isBound && !request?.proof)) throw new Error("scheme");
      return decodeJwt(token);
    };
    const believed = await proofFailures(believing);
    expect(believed).toContain("rejects a proof by another key");
    expect(believed).not.toContain("rejects a bound token as Bearer");

    const forgetful: CreateTestedVerifier = ({ issuer }) => {
      const verify = createVerifier({ issuer, reusedProofs: "accept" });
      return (token, request) => verify(token, request);
    };
    expect(await failuresOf(forgetful, { dpop: true })).toEqual(["rejects a proof that was used before"]);
  });

  it("that never learns of a logout, where that is asked for", async () => {
    const failures = await failuresOf(
      ({ issuer }) =>
        (token) =>
          verifyAccessToken(token, { issuer }),
      { revocation: true },
    );
    expect(failures).toEqual([
      "rejects a token whose session has ended",
      "rejects a former id: a guest who was merged into another user",
      "rejects a session of a user whose sessions have all ended, which the list has as one entry",
    ]);
  });
});
