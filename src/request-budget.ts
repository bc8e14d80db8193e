/**
 * Limits of one request, and of all requests together. Every limit on size, number and time that a
 * client meets on the HTTP surfaces is a row here; `docs/limits.md` describes those that users can reach.
 */

const KB = 1_024;
const MB = 1_024 * KB;

export const requestBudget = {
  // One request: its input.

  /** A thousand entities under UUIDs are 70 kB; the largest settings of a provider are far below this. */
  graphBodyBytes: 256 * KB,
  /** Every other route without a smaller limit, such as function payloads in the Realm protocol. */
  bodyBytes: MB,
  /** Smaller bodies do not count towards `bodiesBytes`. */
  smallBodyBytes: 16 * KB,
  /** Read and discarded of a body that is too large, so that its sender can finish and read the 413. */
  droppedBodyBytes: 16 * MB,
  droppedBodySeconds: 5,
  /** `query`: 4,000 tokens of ordinary length are 40 kB. */
  documentCharacters: 64 * KB,
  /** An introspection query is 14 levels deep and has 13 hundred tokens. Routers send `_entities` with its ids as a variable. */
  documentTokens: 4_000,
  documentDepth: 16,
  documentAliases: 30,
  /** Nested brackets of any kind: graphql-js parses and validates recursively. */
  documentNesting: 64,

  // One request: its response.

  /** Objects and scalars in lists of a response: a thousand entities with 20 fields are 21,000. */
  answerValues: 50_000,
  /** A thousand users with 2 kB each. What the kernel does not buffer stays in this process's memory. */
  answerBytes: 2 * MB,
  /** Reported errors of a document or its variables. */
  documentErrors: 10,
  /** Reported errors of fields. A thousand entities with one private field have a thousand. */
  fieldErrors: 2_000,
  /** The maximum length of an error message, which may quote the request. */
  errorCharacters: 1_000,

  // Time.

  /** The deadline of every request but the long ones. Deadlines of the database are shorter. */
  answerSeconds: 9,
  /** Mutations without this deadline: jobs that an operator starts. */
  longOperations: new Set(["expireAnonymousUsers"]) as ReadonlySet<string>,
  /** Routes without this deadline. */
  longRoutes: new Set(["/admin/audit.ndjson"]) as ReadonlySet<string>,
  /** From the first byte of a request to the last one of its headers, and of its body: 256 kB over a slow phone. */
  headersSeconds: 10,
  requestSeconds: 20,
  /** Without a byte read or written: the client is gone, or does not read its response. */
  silentSeconds: 15,
  /** The same for exports, which may go to slow disks and over slow connections. */
  silentExportSeconds: 120,

  // All requests together.

  /** Two batches of commits on PostgreSQL (`database/commit-queue.ts`), and a queue for a burst of visitors. */
  runningRequests: 512,
  waitingRequests: 1_536,
  /** Total size of bodies above `smallBodyBytes` that are being read or processed. */
  bodiesBytes: 64 * MB,
  /** Total number of values of responses above `smallAnswerValues` that are being executed. */
  runningValues: 400_000,
  smallAnswerValues: 500,
  /** Total size of responses that their clients have not read yet. */
  waitingAnswersBytes: 48 * MB,
  /** Smaller responses fit into the kernel's buffers. */
  smallAnswerBytes: 16 * KB,
  /** `Retry-After` when the gateway is overloaded. */
  retryAfterSeconds: 2,
  /** The document cache of each graph: its total size, and the largest document that is cached. */
  documentStoreBytes: 12 * MB,
  storedDocumentBytes: 512 * KB,
  /** The listen backlog; Linux limits it to `somaxconn`. */
  backlog: 4_096,
} as const;
