/** Time and room that all requests share: deadlines, slow writers, clients that do not read, and too many at once. */
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import pg from "pg";
import { requestBudget } from "../../src/request-budget.ts";
import {
  ADMIN_KEY,
  createDatabase,
  type Gateway,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let lock: pg.Client;

beforeAll(async () => {
  database = await createDatabase("postgres");
  gateway = await startGateway({ url: database.url });
  gateway.app.http.fastify.server.on("connection", (socket) => {
    const port = Number(socket.remotePort);
    socket.on("close", () => otherEnds.get(port)?.());
  });
  lock = new pg.Client({ connectionString: database.url });
  await lock.connect();
});
afterAll(async () => {
  await lock.end();
  await gateway.stop();
  await database.drop();
});

/** Sends bytes, and tells what came back until the connection closed. */
function talk(bytes: string, { trickle, reads = true }: { trickle?: string; reads?: boolean } = {}) {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  const started = performance.now();
  let text = "";
  socket.on("error", () => {});
  if (reads) socket.on("data", (chunk) => (text += chunk));
  socket.write(bytes);
  const drip = trickle ? setInterval(() => socket.write(trickle), 500) : undefined;
  return new Promise<{ text: string; seconds: number }>((resolve) => {
    const end = () => {
      clearInterval(drip);
      resolve({ text, seconds: (performance.now() - started) / 1_000 });
      socket.destroy();
    };
    // A client that does not read is not notified of the end: the server is.
    if (reads) socket.on("close", end);
    else socket.on("connect", () => otherEnds.set(Number(socket.localPort), end));
  });
}

/** What to do when the gateway's end of a connection closes, by the port of ours. */
const otherEnds = new Map<number, () => void>();

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`;

it("a request whose database does not answer is told so within ten seconds, on every surface", async () => {
  const guest = await loginAnonymously(gateway);
  await lock.query(
    "BEGIN; LOCK TABLE users, sessions, admin_keys, operator_sessions IN ACCESS EXCLUSIVE MODE",
  );
  const json = { "content-type": "application/json" };
  const started = performance.now();
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(gateway.url + path, init);
    const seconds = (performance.now() - started) / 1_000;
    return {
      status: response.status,
      retry: response.headers.get("retry-after"),
      text: await response.text(),
      seconds,
    };
  };
  const bearer = { authorization: `Bearer ${guest.accessToken}` };
  const answers = await Promise.all([
    ask("/graphql", { method: "POST", headers: { ...json, ...bearer }, body: '{"query":"{ me { id } }"}' }),
    ask("/graphql", {
      method: "POST",
      headers: json,
      body: '{"query":"mutation { loginAnonymous { accessToken } }"}',
    }),
    ask("/admin/graphql", {
      method: "POST",
      headers: { ...json, authorization: `Bearer ${ADMIN_KEY}` },
      body: '{"query":"{ users { totalCount } }"}',
    }),
    ask("/api/client/v2.0/auth/profile", { headers: bearer }),
  ]);
  const alive = await fetch(`${gateway.url}/livez`);
  await lock.query("ROLLBACK");
  expect(alive.status).toBe(200);
  for (const answer of answers) {
    expect(answer.seconds).toBeLessThan(10);
    expect(answer.text).toContain("SERVICE_UNAVAILABLE");
    expect(answer.text).not.toContain("Nothing was changed");
  }
  // Answers of the database's own, shorter deadlines are those of fields, and have no status.
  for (const { status } of answers) expect([200, 503]).toContain(status);
  // And the gateway continues as before.
  expect((await gateway.graph("{ me { id } }", { token: guest.accessToken })).data.me.id).toBe(guest.id);
});

it("a client that sends slowly, or takes nothing of its answer, does not keep its connection", async () => {
  const users = await Promise.all(Array.from({ length: 200 }, () => loginAnonymously(gateway)));
  const representations = users.map(({ id }) => ({ __typename: "User", id }));
  const body = JSON.stringify({
    query: `query($r: [_Any!]!) { ${Array.from({ length: 5 }, (_, i) => `a${i}: _entities(representations: $r) { ... on User { ${"n".repeat(1_000)}: id } }`).join(" ")} }`,
    variables: { r: representations },
  });
  const request = `${head(body.length)}\r\n${body}`;
  const [headers, bodyOf, largeBody, unread, slow] = await Promise.all([
    talk("POST /graphql HTTP/1.1\r\nhost: a\r\nx-slow: ", { trickle: "x" }),
    talk(`${head(1_000)}\r\n{`, { trickle: " " }),
    talk(`${head(100_000)}\r\n{`, { trickle: " " }),
    // Several in a row: the kernel takes the first ones.
    talk(request.repeat(12), { reads: false }),
    readSlowly(request),
  ]);
  expect(headers.seconds).toBeLessThan(requestBudget.headersSeconds + 4);
  for (const { seconds, text } of [bodyOf, largeBody]) {
    expect(seconds).toBeLessThan(requestBudget.requestSeconds + 4);
    expect(text).toContain(" 408 ");
  }
  expect(unread.seconds).toBeLessThan(2 * requestBudget.silentSeconds + 6);
  expect(slow).toBeGreaterThan(1_000_000);
});

/** A phone on a slow line: it reads on and on. */
function readSlowly(request: string): Promise<number> {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.write(request.replace("host: a", "host: a\r\nconnection: close"));
  let length = 0;
  return new Promise((resolve, reject) => {
    socket.on("error", reject).on("end", () => resolve(length));
    socket.on("data", (chunk) => {
      length += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 300);
    });
  });
}

it("what is more than the gateway takes on is rejected at once, and told when to come again", async () => {
  const { runningRequests, waitingRequests } = requestBudget;
  await lock.query("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
  const body = '{"query":"mutation { loginAnonymous { accessToken } }"}';
  const request = `${head(body.length)}connection: close\r\n\r\n${body}`;
  const all = Array.from({ length: runningRequests + waitingRequests + 50 }, () => talk(request));
  const answers = await Promise.all(all);
  await lock.query("ROLLBACK");
  const rejected = answers.filter(({ text }) => text.startsWith("HTTP/1.1 503"));
  const atOnce = rejected.filter(({ text, seconds }) => text.includes("overloaded") && seconds < 8);
  expect(atOnce.length).toBeGreaterThanOrEqual(50);
  for (const { text } of rejected) {
    expect(text).toMatch(/retry-after: \d+/i);
    expect(text).toContain('"code":"SERVICE_UNAVAILABLE"');
  }
  expect((await gateway.graph("mutation { loginAnonymous { accessToken } }")).errors).toBeUndefined();
});
