/** What clients send as proofs of work of guests. */
import { expect, it } from "@jest/globals";
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import fc from "fast-check";
import { createProofOfWork } from "../../src/rate-limits/proof-of-work.ts";
import { fuzz } from "./support/fuzz.ts";
import { mutated } from "./support/mutated.ts";

it("no text near a proof is another proof, or an error that is not expected", async () => {
  const proofOfWork = createProofOfWork(Buffer.alloc(32, 1));
  const now = new Date("2026-06-01T12:00:00Z");
  const challenge = await proofOfWork.createChallenge(3, now);
  const json = JSON.stringify({ challenge, solution: await solveChallenge({ challenge, deriveKey }) });
  const parts = ['"level":1', '"expiresAt":9999999999', '"cost":1', "{", "[", "null", "0", "\\u0000"];
  const input = fc.record({ text: mutated([json], parts), isEncoded: fc.boolean(), cut: fc.nat(20) });
  await fuzz(input, async ({ text, isEncoded, cut }) => {
    const sent = isEncoded ? Buffer.from(text).toString("base64") : text;
    const proof = proofOfWork.verify(sent.slice(0, cut === 0 ? undefined : -cut), now);
    if (typeof proof === "string") expect(["MALFORMED", "INVALID", "EXPIRED"]).toContain(proof);
    // The same challenge in other words, such as with more spaces, is the same proof.
    else expect(proof).toMatchObject({ id: challenge.signature, level: 3 });
  });
});
