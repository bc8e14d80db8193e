/** Solves challenges as a client with the library does. */
import { type Challenge, solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import type { Answer, Gateway } from "./gateway.ts";

export const encode = (payload: unknown): string => Buffer.from(JSON.stringify(payload)).toString("base64");

export async function solve(challenge: Challenge): Promise<string> {
  return encode({ challenge, solution: await solveChallenge({ challenge, deriveKey }) });
}

/** An anonymous login from an address; the gateway must trust one proxy. */
export const loginFrom = (
  gateway: Gateway,
  address: string,
  { proof, key }: { proof?: string; key?: string } = {},
): Promise<Answer> =>
  gateway.graph(
    "mutation ($p: String, $k: String) { loginAnonymous(proofOfWork: $p, idempotencyKey: $k) { user { id } accessToken } }",
    { variables: { p: proof, k: key }, headers: { "x-forwarded-for": address } },
  );

export const challengeOf = (answer: Answer): Challenge => answer.errors?.[0]?.extensions.challenge;

/** The level is signed, as `data` of the challenge. */
export const levelOf = (answer: Answer): number => Number(challengeOf(answer)?.parameters.data?.level);
