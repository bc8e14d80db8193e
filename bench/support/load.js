/**
 * The load generator, in a process of its own: hand-written HTTP/1.1 over node:net, one request at a time on each of N
 * keep-alive connections, so offered load follows the server. It costs a fraction of what fetch or node:http cost, which
 * matters where server and generator share a few cores. Any answer that is not right ends the run: a figure made of
 * refusals is no figure.
 */
import { connect } from "node:net";

/**
 * @typedef {object} Client one connection's part in a scenario
 * @property {() => string} next the whole next request
 * @property {(head: string, body: string) => void} [learn] sees every right answer
 */

/**
 * @typedef {object} Figures
 * @property {number} perSecond answers per second
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 */

/**
 * @param {object} options
 * @param {number} options.port
 * @param {() => Client} options.client
 * @param {number} options.connections
 * @param {number} options.seconds what is counted; up to one second of warming up goes before
 * @returns {Promise<Figures>}
 */
export async function load({ port, client, connections, seconds }) {
  const begin = performance.now() + Math.min(1_000, seconds * 500);
  const end = begin + seconds * 1_000;
  /** @type {number[]} */
  const times = [];
  const window = { begin, end, times };
  await Promise.all(Array.from({ length: connections }, () => drive(port, client(), window)));
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) };
}

/**
 * @param {number} port
 * @param {Client} client
 * @param {{ begin: number, end: number, times: number[] }} window
 * @returns {Promise<void>}
 */
function drive(port, client, { begin, end, times }) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
    let buffer = "";
    let sent = 0;
    const send = () => {
      sent = performance.now();
      socket.write(client.next());
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("The server closed a connection.")));
    socket.on("data", (chunk) => {
      buffer += chunk;
      const headEnd = buffer.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = buffer.slice(0, headEnd);
      const body = buffer.slice(headEnd + 4);
      if (!isWhole(head, body)) return;
      buffer = "";
      if (!head.startsWith("HTTP/1.1 200") || body.includes('"errors"')) {
        reject(new Error(`Wrong answer: ${head.slice(0, 20)} ${body.slice(0, 300)}`));
        socket.destroy();
        return;
      }
      client.learn?.(head, body);
      const now = performance.now();
      if (now >= begin && now < end) times.push(now - sent);
      if (now < end) return send();
      resolve();
      socket.destroy();
    });
  });
}

/** By its length, or by the last chunk. */
function isWhole(head, body) {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return body.endsWith("0\r\n\r\n");
  throw new Error(`An answer without a length: ${head}`);
}
