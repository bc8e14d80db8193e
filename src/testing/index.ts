/** `passerby/testing`, for tests of servers that verify tokens. Needs no gateway and no database. */
export { type IssuerSettings, startTestIssuer, type TestIssuer } from "./issuer.ts";
export type { TestKey } from "./signing.ts";
export {
  type CreateTestedVerifier,
  checkVerifier,
  describeVerifier,
  type SuiteOptions,
  type TestedVerifier,
  type VerifierCase,
  VerifierProblem,
  type VerifierReport,
  verifierSuite,
} from "./suite.ts";
