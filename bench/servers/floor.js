/**
 * The floor: the least that a login can cost on Node and SQLite with the same promises. Bare node:http, the gateway's own
 * tables and settings, prepared statements, one commit for all that arrived in a turn of the event loop, each answered after
 * it, the same rows, the same signature. It has no GraphQL, checks nothing, and runs the statements that it was written for:
 * a gateway with other columns makes it fail at start.
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import Database from "better-sqlite3";
import { issueAccessToken, readAccessToken } from "../support/access-token.js";
import { pragmas } from "../support/sqlite-settings.js";

const database = new Database(process.env.DATABASE_FILE);
for (const pragma of pragmas) database.pragma(pragma);
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");
const insertUser = database.prepare(
  "INSERT INTO users (id, is_anonymous, created_at, last_login_at, disabled_at, profile) VALUES (?, 1, ?, ?, NULL, NULL)",
);
const insertIdentity = database.prepare(
  `INSERT INTO identities (id, user_id, provider, subject, email, email_verified, created_at, last_used_at)
   VALUES (?, ?, 'anon-user', ?, NULL, NULL, ?, ?)`,
);
const insertSession = database.prepare(
  `INSERT INTO sessions (id, user_id, provider, created_at, last_seen_at, expires_at, refresh_generation, rotated_at, ended_at,
   user_agent, ip_address) VALUES (?, ?, 'anon-user', ?, ?, NULL, 0, NULL, NULL, NULL, ?)`,
);
const findCaller = database.prepare(
  `SELECT s.id, s.ended_at, s.refresh_generation, u.id AS user_id, u.is_anonymous, u.disabled_at
   FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?`,
);
const rotate = database.prepare(
  `UPDATE sessions SET refresh_generation = ?, rotated_at = ?, last_seen_at = ?, ip_address = ?
   WHERE id = ? AND refresh_generation = ? AND ended_at IS NULL`,
);

/** A UUID of version 7: ordered by time, so new rows lie beside each other. */
function newId(now) {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const refreshSecret = "r".repeat(32);
const authenticate = (text) => createHmac("sha256", refreshSecret).update(text).digest();
const refreshToken = (sessionId, generation) =>
  `${sessionId}.${generation}.${authenticate(`${sessionId}.${generation}`).toString("base64url")}`;

/** @type {{ write: () => void, answer: () => void }[]} */
let waiting = [];
const enqueue = (write, answer) => {
  if (waiting.push({ write, answer }) === 1) setImmediate(commitWaiting);
};
function commitWaiting() {
  const pieces = waiting;
  waiting = [];
  begin.run();
  for (const { write } of pieces) write();
  commit.run();
  for (const { answer } of pieces) answer();
}

const send = (response, data) => {
  const body = JSON.stringify({ data });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  };
  response.writeHead(200, headers).end(body);
};
const payload = (userId, sessionId, generation) => ({
  user: { id: userId, isAnonymous: true },
  accessToken: issueAccessToken(userId, sessionId),
  refreshToken: refreshToken(sessionId, generation),
});

function loginAnonymous(request, response) {
  const now = Date.now();
  const [userId, identityId, sessionId] = [newId(now), newId(now), newId(now)];
  const address = request.socket.remoteAddress;
  const write = () => {
    insertUser.run(userId, now, now);
    insertIdentity.run(identityId, userId, identityId, now, now);
    insertSession.run(sessionId, userId, now, now, address);
  };
  enqueue(write, () => send(response, { loginAnonymous: payload(userId, sessionId, 0) }));
}

function refreshSession(request, response, token) {
  const [sessionId, text, signature] = token.split(".");
  const generation = Number(text);
  if (!timingSafeEqual(authenticate(`${sessionId}.${text}`), Buffer.from(signature, "base64url"))) {
    throw new Error("That refresh token is not ours.");
  }
  const caller = findCaller.get(sessionId);
  const now = Date.now();
  const address = request.socket.remoteAddress;
  enqueue(
    () => rotate.run(generation + 1, now, now, address, sessionId, generation),
    () => send(response, { refreshSession: payload(caller.user_id, sessionId, generation + 1) }),
  );
}

function me(request, response) {
  const caller = findCaller.get(readAccessToken(request.headers.authorization.slice("Bearer ".length)));
  const isLive = caller.ended_at === null && caller.disabled_at === null;
  send(response, { me: isLive ? { id: caller.user_id, isAnonymous: Boolean(caller.is_anonymous) } : null });
}

createServer((request, response) => {
  if (request.method === "GET") return response.end();
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
    if (query.includes("loginAnonymous")) loginAnonymous(request, response);
    else if (query.includes("refreshSession")) refreshSession(request, response, variables.token);
    else me(request, response);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
