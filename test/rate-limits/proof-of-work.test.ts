import { describe, expect, it } from "@jest/globals";
import { type Challenge, solveChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { deriveKey as deriveKeyInBrowsers } from "altcha-lib/algorithms/web/pbkdf2";
import { createProofOfWork, type Proof } from "../../src/rate-limits/proof-of-work.ts";
import { encode } from "../support/proof-of-work.ts";

const key = Buffer.alloc(32, 7);
const proofOfWork = createProofOfWork(key);
const now = new Date();
const solved = async (level = 1): Promise<{ challenge: Challenge; solution: object }> => {
  const challenge = await proofOfWork.createChallenge(level, now);
  return { challenge, solution: (await solveChallenge({ challenge, deriveKey })) ?? {} };
};
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

it("a solution of the library is a proof of its level, until it expires", async () => {
  const payload = await solved(2);
  const proof = proofOfWork.verify(encode(payload), later(119)) as Proof;
  expect(proof).toMatchObject({ id: payload.challenge.signature, level: 2 });
  expect(proof.expiresAt.getTime() / 1_000).toBe(payload.challenge.parameters.expiresAt);
  expect(proofOfWork.verify(encode(payload), proof.expiresAt)).toBe("EXPIRED");
});
it("browsers find the same solution", async () => {
  const { challenge, solution } = await solved();
  expect(await solveChallenge({ challenge, deriveKey: deriveKeyInBrowsers })).toMatchObject({
    derivedKey: (solution as { derivedKey: string }).derivedKey,
  });
});
it("the library verifies it too, and rejects what is rejected here", async () => {
  const { challenge, solution } = await solved();
  const secrets = {
    hmacSignatureSecret: `challenge:${key.toString("hex")}`,
    hmacKeySignatureSecret: `key:${key.toString("hex")}`,
  };
  const verify = (payload: { challenge: Challenge; solution: object }) =>
    verifySolution({ ...(payload as { challenge: Challenge; solution: never }), deriveKey, ...secrets });
  expect(await verify({ challenge, solution })).toMatchObject({ verified: true });
  const easier = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: "00" } };
  expect(await verify({ challenge: easier, solution })).toMatchObject({ invalidSignature: true });
  expect(proofOfWork.verify(encode({ challenge: easier, solution }), now)).toBe("INVALID");
});
it("a level is twice the work of the one before", async () => {
  const most = async (level: number): Promise<number> => {
    let tries = 0;
    for (let each = 0; each < 12; each++) {
      const { solution } = await solved(level);
      tries = Math.max(tries, (solution as { counter: number }).counter);
    }
    return tries;
  };
  const first = await most(1);
  expect(first).toBeLessThanOrEqual(500);
  const third = await most(3);
  expect(third).toBeGreaterThan(500);
  expect(third).toBeLessThanOrEqual(2_000);
});

describe("nothing else is a proof", () => {
  const changes: Record<string, (payload: { challenge: Challenge; solution: object }) => unknown> = {
    "another key prefix": ({ challenge, solution }) => ({
      challenge: { ...challenge, parameters: { ...challenge.parameters, keyPrefix: "00" } },
      solution,
    }),
    "a lower cost": ({ challenge, solution }) => ({
      challenge: { ...challenge, parameters: { ...challenge.parameters, cost: 1 } },
      solution,
    }),
    "a higher level": ({ challenge, solution }) => ({
      challenge: { ...challenge, parameters: { ...challenge.parameters, data: { level: 7 } } },
      solution,
    }),
    "a later expiry": ({ challenge, solution }) => ({
      challenge: { ...challenge, parameters: { ...challenge.parameters, expiresAt: 9_999_999_999 } },
      solution,
    }),
    "no signature of the key": ({ challenge, solution }) => {
      const { keySignature: _, ...parameters } = challenge.parameters;
      return { challenge: { ...challenge, parameters }, solution };
    },
    "the signature in capitals": ({ challenge, solution }) => ({
      challenge: { ...challenge, signature: challenge.signature?.toUpperCase() },
      solution,
    }),
    "a longer signature": ({ challenge, solution }) => ({
      challenge: { ...challenge, signature: `${challenge.signature}zz` },
      solution,
    }),
    "the key prefix as the solution": ({ challenge }) => ({
      challenge,
      solution: { counter: 1, derivedKey: challenge.parameters.keyPrefix },
    }),
    "another derived key": ({ challenge }) => ({
      challenge,
      solution: { counter: 1, derivedKey: "0".repeat(64) },
    }),
  };
  it.each(Object.keys(changes))("%s", async (name) => {
    expect(proofOfWork.verify(encode(changes[name]?.(await solved())), now)).toBe("INVALID");
  });
  it("a proof of another gateway's key", async () => {
    const payload = encode(await solved());
    expect(createProofOfWork(Buffer.alloc(32, 8)).verify(payload, now)).toBe("INVALID");
  });
  it.each([
    "",
    "=",
    "%%%",
    "e30=",
    encode(null),
    encode([]),
    encode("text"),
    encode({ challenge: null, solution: null }),
    encode({ challenge: { parameters: "x", signature: "x" }, solution: { derivedKey: "x" } }),
    encode({ challenge: { parameters: {}, signature: ["x"] }, solution: { derivedKey: "x" } }),
    encode({ challenge: { parameters: {}, signature: "x" }, solution: { derivedKey: {} } }),
    Buffer.from("[".repeat(1_000)).toString("base64"),
    Buffer.from("ÿ\u0000").toString("base64"),
  ])("%.60j", (text) => {
    expect(proofOfWork.verify(text, now)).toBe("MALFORMED");
  });
  it("a text that is too long, which is not read", async () => {
    const payload = { ...(await solved()), padding: "x".repeat(2_000) };
    expect(proofOfWork.verify(encode(payload), now)).toBe("MALFORMED");
  });
});
