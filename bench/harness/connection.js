/**
 * A keep-alive HTTP/1.1 client with one open request, on node:net. The load shares the machine
 * with the server, and this parses only the necessary parts of a response, in about a tenth of the time of a full client.
 */
import { connect } from "node:net";

const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Buffer} body as it was sent, chunk sizes included
 */

/** @returns {Promise<{ send(request: string): Promise<Answer>, ask(request: string, answered: (answer: Answer) => void): void, close(): void }>} */
export async function openConnection(
  /** @type {number} */ port,
  /** @type {(error: Error) => void} */ failed,
) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  /** @type {((answer: Answer) => void) | null} */
  let answered = null;
  /** @type {Buffer | null} */
  let received = null;
  let isClosing = false;

  socket.on("data", (chunk) => {
    received = received ? Buffer.concat([received, chunk]) : chunk;
    const answer = readAnswer(received);
    if (!answer || !answered) return;
    received = null;
    const tell = answered;
    answered = null;
    tell(answer);
  });
  socket.on("error", failed);
  socket.on("close", () => {
    if (!isClosing) failed(new Error("The server closed a connection."));
  });

  const ask = (/** @type {string} */ request, /** @type {(answer: Answer) => void} */ whenAnswered) => {
    answered = whenAnswered;
    socket.write(request, "latin1");
  };
  return {
    ask,
    send: (request) => new Promise((resolve) => ask(request, resolve)),
    close() {
      isClosing = true;
      socket.destroy();
    },
  };
}

/** @returns {Answer | null} null until it is complete */
function readAnswer(/** @type {Buffer} */ bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.latin1Slice(0, headEnd);
  const bodyStart = headEnd + HEAD_END.length;
  const length = /\ncontent-length: *(\d+)/i.exec(head);
  const isWhole = length
    ? bytes.length >= bodyStart + Number(length[1])
    : bytes.subarray(-LAST_CHUNK.length).latin1Slice() === LAST_CHUNK;
  return isWhole ? { status: Number(head.slice(9, 12)), body: bytes.subarray(bodyStart) } : null;
}

/**
 * @typedef {object} Request
 * @property {string} [method]
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body] sent as JSON
 */

/** The bytes of a request, for `send`. */
export function writeRequest(/** @type {Request} */ { method = "POST", path, headers = {}, body }) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    "user-agent: passerby-bench",
    "accept: application/json",
    ...(text ? ["content-type: application/json", `content-length: ${Buffer.byteLength(text)}`] : []),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join("\r\n")}${HEAD_END}${text}`;
}
