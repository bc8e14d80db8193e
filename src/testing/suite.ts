/** Runs a verifier through every case, with any test framework or without one. */
import { decodeJwt } from "jose";
import type { TokenRequest } from "../subgraph/proofs.ts";
import { type TokenCase, tokenCases } from "./cases.ts";
import { type IssuerSettings, startTestIssuer } from "./issuer.ts";
import { type PresentedProof, type ProofCase, proofCases } from "./proof-cases.ts";
import { createProofKey } from "./proofs.ts";

/**
 * The verifier under test: returns the claims of a valid token, and throws otherwise.
 * @param request how the token was presented; only with the option `dpop`
 */
export type TestedVerifier = (token: string, request?: TokenRequest) => unknown;

/** Creates the verifier for one issuer. Each case has its own issuer. */
export type CreateTestedVerifier = (settings: IssuerSettings) => TestedVerifier | Promise<TestedVerifier>;

export interface SuiteOptions {
  /** Whether the verifier checks revocation. Default: false. */
  readonly revocation?: boolean;
  /** Whether the verifier takes tokens that are bound to a key, with proofs (DPoP). Default: false. */
  readonly dpop?: boolean;
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
  { revocation = false, dpop = false }: SuiteOptions = {},
): VerifierCase[] => [
  ...tokenCases
    .filter(({ needsRevocation }) => revocation || !needsRevocation)
    .map((tokenCase) => ({ name: tokenCase.name, run: () => runCase(createVerifier, tokenCase) })),
  ...(dpop ? proofCases : []).map((proofCase) => ({
    name: proofCase.name,
    run: () => runProofCase(createVerifier, proofCase),
  })),
];

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

/** Of the server under test. */
const RESOURCE = { method: "POST", url: "https://api.example.com/graphql" } as const;

async function runProofCase(createVerifier: CreateTestedVerifier, proofCase: ProofCase): Promise<void> {
  const issuer = await startTestIssuer();
  try {
    const verify = await createVerifier(issuer);
    const key = createProofKey();
    const { isBound = true, expected } = proofCase;
    const token = issuer.issueToken(isBound ? { cnf: { jkt: key.thumbprint } } : {});
    const requestOf = (presented: PresentedProof): TokenRequest => ({ ...RESOURCE, ...presented });
    const presented = await proofCase.make({
      key,
      request: { ...RESOURCE, token, at: new Date() },
      present: (first) => requireAccepted(verify, token, requestOf(first)),
    });
    if (expected === "accepted") await requireAccepted(verify, token, requestOf(presented));
    else await requireRejected(verify, token, requestOf(presented));
  } finally {
    await issuer.stop();
  }
}

/** Also when it throws at once instead of rejecting. */
const call = async (verify: TestedVerifier, ...given: Parameters<TestedVerifier>): Promise<unknown> =>
  verify(...given);

async function requireAccepted(verify: TestedVerifier, token: string, request?: TokenRequest): Promise<void> {
  const claims = (await call(verify, token, request).catch((cause: unknown) => {
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

async function requireRejected(verify: TestedVerifier, token: string, request?: TokenRequest): Promise<void> {
  let given: unknown;
  try {
    given = await call(verify, token, request);
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
