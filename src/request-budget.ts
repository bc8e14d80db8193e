/**
 * What one request may cost, and what all of them may cost together. Every bound on size, number and time that a
 * client meets on the HTTP surfaces is a row here; `docs/limits.md` tells users the ones they can meet.
 */

const KB = 1_024;
const MB = 1_024 * KB;

export const requestBudget = {
  // One request, coming in.

  /** A thousand entities under UUIDs are 70 kB; the largest settings of a provider are far below this. */
  graphBodyBytes: 256 * KB,
  /** Every other route that states no smaller one: users' function payloads over the Realm protocol. */
  bodyBytes: MB,
  /** Smaller bodies do not count towards `bodiesBytes`. */
  smallBodyBytes: 16 * KB,
  /** Dropped of a body that is too large, so that its sender has written everything and reads the 413. */
  droppedBodyBytes: 16 * MB,
  droppedBodySeconds: 5,
  /** `query`: 4,000 tokens of ordinary length are 40 kB. */
  documentCharacters: 64 * KB,
  /** An introspection query is 14 levels deep and has 13 hundred tokens. Routers send `_entities` with its ids as a variable. */
  documentTokens: 4_000,
  documentDepth: 16,
  documentAliases: 30,
  /** Brackets of every kind inside each other: graphql-js parses and validates recursively. */
  documentNesting: 64,

  // One request, going out.

  /** Objects and scalars that lists bring into an answer: a thousand entities with 20 fields are 21,000. */
  answerValues: 50_000,
  /** A thousand users with 2 kB each. What the kernel does not buffer waits in this process. */
  answerBytes: 2 * MB,
  /** Of a document or its variables; the same mistake is seldom made once. */
  documentErrors: 10,
  /** Of fields; each has a path and a sentence. A thousand entities with one private field are a thousand. */
  fieldErrors: 2_000,
  /** Messages may quote what was sent. */
  errorCharacters: 1_000,

  // Time.

  /** Every request but the long ones is answered by then, whatever the database does; its own deadlines are shorter. */
  answerSeconds: 9,
  /** Mutations that may take longer: jobs that an operator starts. */
  longOperations: new Set(["expireAnonymousUsers"]) as ReadonlySet<string>,
  /** As above, for routes. */
  longRoutes: new Set(["/admin/audit.ndjson"]) as ReadonlySet<string>,
  /** From the first byte of a request to the last one of its headers, and of its body: 256 kB over a slow phone. */
  headersSeconds: 10,
  requestSeconds: 20,
  /** No byte read or written: the client is gone, or does not read its answer. */
  silentSeconds: 15,
  /** The same while an export waits for a slow disk or a slow line. */
  silentExportSeconds: 120,

  // All requests together.

  /** Two groups of one commit on PostgreSQL (`database/commit-queue.ts`), and a queue for a burst of visitors. */
  runningRequests: 512,
  waitingRequests: 1_536,
  /** Bodies above `smallBodyBytes` that are being read or worked on. */
  bodiesBytes: 64 * MB,
  /** Values of answers above `smallAnswerValues` that are being made. */
  runningValues: 400_000,
  smallAnswerValues: 500,
  /** Answers that their clients have not read yet. */
  waitingAnswersBytes: 48 * MB,
  /** Smaller answers fit into the kernel's buffers. */
  smallAnswerBytes: 16 * KB,
  /** `Retry-After` when the gateway is overloaded. */
  retryAfterSeconds: 2,
  /** Of each graph: validated documents with their syntax trees, and the largest one that is cached. */
  documentStoreBytes: 12 * MB,
  storedDocumentBytes: 512 * KB,
  /** Connections that the kernel accepts for us while the event loop is busy; Linux caps it at `somaxconn`. */
  backlog: 4_096,
} as const;
