/** Runs a verifier through every case, in whatever test framework, or in none. */
import { decodeJwt } from "jose";
import { type TokenCase, tokenCases } from "./cases.ts";
import { type IssuerSettings, startTestIssuer } from "./issuer.ts";

/** What is tested: gives the token's claims, and throws when it is not good. */
export type TestedVerifier = (token: string) => unknown;

/** Makes the verifier for one issuer; each case has its own. */
export type CreateTestedVerifier = (settings: IssuerSettings) => TestedVerifier | Promise<TestedVerifier>;

export interface SuiteOptions {
  /** Whether the verifier learns which sessions ended. Absent: no. */
  readonly revocation?: boolean;
}

export interface VerifierCase {
  readonly name: string;
  /** @throws VerifierProblem when the verifier does something else */
  run(): Promise<void>;
}

/** A verifier took what it should refuse, or the other way round. */
export class VerifierProblem extends Error {
  override readonly name = "VerifierProblem";
}

/** The cases, to be run as tests one by one. */
export const verifierSuite = (
  createVerifier: CreateTestedVerifier,
  { revocation = false }: SuiteOptions = {},
): VerifierCase[] =>
  tokenCases
    .filter(({ needsRevocation }) => revocation || !needsRevocation)
    .map((tokenCase) => ({ name: tokenCase.name, run: () => runCase(createVerifier, tokenCase) }));

async function runCase(createVerifier: CreateTestedVerifier, tokenCase: TokenCase): Promise<void> {
  const issuer = await startTestIssuer();
  try {
    const verify = await createVerifier(issuer);
    const token = await tokenCase.makeToken(issuer, verify);
    if (tokenCase.expected === "accepted") await requireAccepted(verify, token);
    else await requireRefused(verify, token);
  } finally {
    await issuer.stop();
  }
}

async function requireAccepted(verify: TestedVerifier, token: string): Promise<void> {
  const claims = (await Promise.resolve(verify(token)).catch((cause: unknown) => {
    throw new VerifierProblem(`A good token was refused: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  })) as Record<string, unknown> | null;
  const expected = decodeJwt(token);
  for (const name of ["sub", "sid", "is_anonymous"]) {
    if (claims?.[name] === expected[name]) continue;
    throw new VerifierProblem(`The verifier must give the claims of the token; ${name} is not what it says.`);
  }
}

async function requireRefused(verify: TestedVerifier, token: string): Promise<void> {
  let given: unknown;
  try {
    given = await verify(token);
  } catch {
    return;
  }
  throw new VerifierProblem(
    given
      ? "The token was accepted."
      : `The verifier gave ${given} where it has to throw: the caller would be taken for nobody, not for a stranger.`,
  );
}

export interface VerifierReport {
  readonly isGood: boolean;
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly problem: string }[];
}

/** Runs all cases. */
export async function checkVerifier(
  createVerifier: CreateTestedVerifier,
  options?: SuiteOptions,
): Promise<VerifierReport> {
  const passed: string[] = [];
  const failed: { name: string; problem: string }[] = [];
  for (const { name, run } of verifierSuite(createVerifier, options)) {
    try {
      await run();
      passed.push(name);
    } catch (error) {
      failed.push({ name, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return { isGood: failed.length === 0, passed, failed };
}

/**
 * Declares the cases as tests.
 * @param framework `describe` and `test` of node:test, Jest or Vitest
 */
export function describeVerifier(
  framework: {
    describe(name: string, body: () => void): unknown;
    test(name: string, body: () => Promise<void>): unknown;
  },
  createVerifier: CreateTestedVerifier,
  options?: SuiteOptions,
): void {
  framework.describe("the verifier of access tokens", () => {
    for (const { name, run } of verifierSuite(createVerifier, options)) framework.test(name, run);
  });
}
