/** Runs a verifier through every case, with any test framework or without one. */
import { decodeJwt } from "jose";
import { type TokenCase, tokenCases } from "./cases.ts";
import { type IssuerSettings, startTestIssuer } from "./issuer.ts";

/** The verifier under test: returns the claims of a valid token, and throws otherwise. */
export type TestedVerifier = (token: string) => unknown;

/** Creates the verifier for one issuer. Each case has its own issuer. */
export type CreateTestedVerifier = (settings: IssuerSettings) => TestedVerifier | Promise<TestedVerifier>;

export interface SuiteOptions {
  /** Whether the verifier checks revocation. Default: false. */
  readonly revocation?: boolean;
}

export interface VerifierCase {
  readonly name: string;
  /** @throws VerifierProblem when the case fails */
  run(): Promise<void>;
}

/** The verifier accepted an invalid token or rejected a valid one. */
export class VerifierProblem extends Error {
  override readonly name = "VerifierProblem";
}

/** The cases, to be run one by one. */
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
    else await requireRejected(verify, token);
  } finally {
    await issuer.stop();
  }
}

async function requireAccepted(verify: TestedVerifier, token: string): Promise<void> {
  const claims = (await Promise.resolve(verify(token)).catch((cause: unknown) => {
    throw new VerifierProblem(
      `A valid token was rejected: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  })) as Record<string, unknown> | null;
  const expected = decodeJwt(token);
  for (const name of ["sub", "sid", "is_anonymous"]) {
    if (claims?.[name] === expected[name]) continue;
    throw new VerifierProblem(`The verifier must return the claims of the token; ${name} differs.`);
  }
}

async function requireRejected(verify: TestedVerifier, token: string): Promise<void> {
  let given: unknown;
  try {
    given = await verify(token);
  } catch {
    return;
  }
  throw new VerifierProblem(
    given
      ? "An invalid token was accepted."
      : `The verifier returned ${given} for an invalid token. It must throw: otherwise the caller counts as unauthenticated instead of rejected.`,
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
  framework.describe("the access token verifier", () => {
    for (const { name, run } of verifierSuite(createVerifier, options)) framework.test(name, run);
  });
}
