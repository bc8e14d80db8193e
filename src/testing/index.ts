/** What the tests of a server that takes tokens of the gateway import: `passerby/testing`. No gateway, no database. */
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
