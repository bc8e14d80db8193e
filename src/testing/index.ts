/** `passerby/testing`, for tests of servers that take tokens or events. Needs no gateway and no database. */
export { type DeliveryResult, deliver } from "./deliver.ts";
export { type ForgedEvent, forgedEvents } from "./forged-events.ts";
export { type IssuerSettings, startTestIssuer, type TestIssuer } from "./issuer.ts";
export { createProofKey, type ProofChange, type ProofKey, type ProvenRequest, signProof } from "./proofs.ts";
export {
  customEvent,
  lifecycleEventTypes,
  retriedEvent,
  type SignedEvent,
  type SigningOptions,
  signedEvent,
  TEST_SECRET,
} from "./signed-events.ts";
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
export { reorderedEvents, userHistory } from "./user-histories.ts";
