/**
 * The minimal server: node:http, prepared statements on the gateway's own tables with the gateway's
 * own SQLite settings, one commit for all waiting requests, the same signature. No GraphQL, no framework, no ORM.
 */
import { createServer } from "node:http";
import Database from "better-sqlite3";
import { v7 as uuidv7 } from "uuid";
import { createTokens } from "./access-tokens.js";

const open = (/** @type {string} */ file) => {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  database.pragma("cache_size = -16000");
  return database;
};
const writer = open(String(process.env.DATABASE_FILE));
const reader = open(String(process.env.DATABASE_FILE));
const tokens = createTokens();

const insertUser = writer.prepare(
  "INSERT INTO users (id, is_anonymous, created_at, last_login_at) VALUES (?, 1, ?, ?)",
);
const insertIdentity = writer.prepare(
  "INSERT INTO identities (id, user_id, provider, subject, created_at, last_used_at) VALUES (?, ?, 'anon-user', ?, ?, ?)",
);
const insertSession = writer.prepare(
  `INSERT INTO sessions (id, user_id, provider, created_at, last_seen_at, refresh_generation, user_agent, ip_address)
   VALUES (?, ?, 'anon-user', ?, ?, 0, ?, ?)`,
);
const rotateSession = writer.prepare(
  `UPDATE sessions SET refresh_generation = ?, rotated_at = ?, last_seen_at = ?, ip_address = ?
   WHERE id = ? AND refresh_generation = ? AND ended_at IS NULL RETURNING user_id, created_at`,
);
const findSession = reader.prepare(
  `SELECT s.ended_at, s.expires_at, u.id, u.is_anonymous, u.created_at, u.disabled_at
   FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?`,
);

/** @typedef {{ body: any, authorization: string | undefined, userAgent: string | null, address: string | null }} Question */

const answer = (/** @type {string} */ name, { userId, sessionId, createdAt, generation }) => ({
  data: {
    [name]: {
      user: { id: userId, isAnonymous: true },
      accessToken: tokens.issue({ userId, sessionId, createdAt }),
      refreshToken: tokens.deriveRefreshToken(sessionId, generation),
    },
  },
});

/** Each runs in the transaction, and returns what to do after the commit. @type {Record<string, (question: Question) => () => object>} */
const writes = {
  "/login": ({ userAgent, address }) => {
    const now = Date.now();
    const [userId, identityId, sessionId] = [uuidv7(), uuidv7(), uuidv7()];
    insertUser.run(userId, now, now);
    insertIdentity.run(identityId, userId, identityId, now, now);
    insertSession.run(sessionId, userId, now, now, userAgent, address);
    return () => answer("loginAnonymous", { userId, sessionId, createdAt: now, generation: 0 });
  },
  "/refresh": ({ body, address }) => {
    const token = tokens.readRefreshToken(body.variables.token);
    if (!token) return () => ({ errors: ["not a refresh token"] });
    const now = Date.now();
    const generation = token.generation + 1;
    const row = rotateSession.get(generation, now, now, address, token.sessionId, token.generation);
    if (!row) return () => ({ errors: ["revoked"] });
    const { user_id: userId, created_at: createdAt } = row;
    return () => answer("refreshSession", { userId, sessionId: token.sessionId, createdAt, generation });
  },
};

/** @type {Record<string, (question: Question) => object>} */
const reads = {
  "/me": ({ authorization = "" }) => {
    const claims = tokens.verify(authorization.slice("Bearer ".length));
    const row = claims && findSession.get(claims.sessionId);
    const isExpired =
      !row || row.ended_at !== null || (row.expires_at !== null && row.expires_at <= Date.now());
    if (isExpired || row.disabled_at !== null) return { errors: ["unauthenticated"] };
    return { data: { me: { id: row.id, isAnonymous: row.is_anonymous === 1 } } };
  },
};

/** @type {{ work: () => () => object, reply: (value: object) => void }[]} */
let waiting = [];

const commit = writer.transaction((/** @type {typeof waiting} */ batch) => batch.map(({ work }) => work()));

function commitWaiting() {
  const batch = waiting;
  waiting = [];
  const outcomes = commit(batch);
  for (const [index, { reply }] of batch.entries()) reply(outcomes[index]());
}

const server = createServer((request, response) => {
  const url = String(request.url);
  const reply = (/** @type {object} */ value) => {
    const text = JSON.stringify(value);
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    });
    response.end(text);
  };
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const question = {
      body: text === "" ? null : JSON.parse(text),
      authorization: request.headers.authorization,
      userAgent: request.headers["user-agent"] ?? null,
      address: request.socket.remoteAddress ?? null,
    };
    const read = reads[url];
    if (read) return reply(read(question));
    const write = writes[url];
    if (!write) return reply({});
    if (waiting.length === 0) setImmediate(commitWaiting);
    waiting.push({ work: () => write(question), reply });
  });
});
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit());
