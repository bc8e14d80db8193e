import { hash } from "@node-rs/argon2";
import { fillDatabase } from "./harness/fill.js";
import { gatewaySettings, startGateway } from "./subjects/gateway.js";

const USERS = Number(process.env.BENCH_USERS ?? 1_000_000);
const TIMES = 15;
/** The maximum that an operator should wait. */
const BELOW_MS = 500;

const PAGE =
  "pageInfo { hasNextPage endCursor } edges { node { id isAnonymous createdAt expiresAt disabled identities { provider email } } }";
const EVENTS =
  "pageInfo { hasNextPage endCursor } edges { node { id at action outcome code actor { kind name userId } userId provider } }";
const usersPage = (/** @type {object} */ filter = {}, after = null) => ({
  query: `query ($filter: UserFilter, $after: String) { users(first: 20, filter: $filter, after: $after) { ${PAGE} } }`,
  variables: { filter, after },
});
const eventsPage = (/** @type {object} */ filter = {}, after = null) => ({
  query: `query ($filter: AuditEventFilter, $after: String) { auditEvents(first: 50, filter: $filter, after: $after) { ${EVENTS} } }`,
  variables: { filter, after },
});
const cursorOf = (/** @type {unknown} */ position) =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

/** @type {import("./harness/table.js").Benchmark} */
export const consoleQueries = {
  name: "console",
  asks: `how long does each query of the console take, with ${USERS.toLocaleString("en")} users?`,
  async measure(stage) {
    const file = `${stage.subfolder("console")}/passerby.sqlite`;
    const url = process.env.BENCH_DATABASE ?? `sqlite:${file}`;
    Object.assign(process.env, gatewaySettings);
    const until = Date.now();
    if (!process.env.BENCH_DATABASE) {
      await fillDatabase(url, { users: USERS, seed: 1, until, passwordHash: await hash("correct horse") });
    }
    const { port } = await startGateway(stage, { databaseUrl: url });
    const ask = async (/** @type {object} */ body) => {
      const response = await fetch(`http://127.0.0.1:${port}/admin/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${gatewaySettings.ADMIN_KEY}` },
        body: JSON.stringify(body),
      });
      const { data, errors } = await response.json();
      if (errors) throw new Error(errors[0].message);
      return data;
    };
    await ask({
      query: `mutation { saveProvider(input: { name: "local-userpass", enabled: false }) { baseVersion } }`,
    });
    const [first, second] = (await ask(usersPage({ isAnonymous: false, provider: "local-userpass" }))).users
      .edges;
    const email = first.node.identities.find((/** @type {any} */ each) => each.email).email;
    const merged = await ask(eventsPage({ actions: ["USER_MERGED"] }));
    const survivor = merged.auditEvents.edges[0].node.userId;
    const deep = cursorOf({ createdAt: until - 300 * 86_400_000, id: "z" });

    /** @type {[string, object][]} */
    const queries = [
      ["overview: statistics, 30 days", { query: statisticsQuery(30) }],
      ["overview: statistics, 400 days", { query: statisticsQuery(400) }],
      ["users", usersPage()],
      ["users, a deep page", usersPage({}, deep)],
      ["users by id", usersPage({ id: second.node.id })],
      ["users by email", usersPage({ email })],
      ["users by the beginning of an email", usersPage({ email: "ada" })],
      ["users by an unknown email", usersPage({ email: "zzz@" })],
      ["users by provider: anon-user", usersPage({ provider: "anon-user" })],
      ["users by provider: local-userpass", usersPage({ provider: "local-userpass" })],
      ["users by provider: oauth2-apple, deep", usersPage({ provider: "oauth2-apple" }, deep)],
      ["users by provider: no users", usersPage({ provider: "oauth2-facebook" })],
      ["users: permanent", usersPage({ isAnonymous: false })],
      [
        "users: anonymous, deep",
        usersPage({ isAnonymous: true }, cursorOf({ createdAt: until - 80 * 86_400_000, id: "z" })),
      ],
      ["users: disabled", usersPage({ disabled: true })],
      [
        "users: disabled, permanent, oauth2-apple",
        usersPage({ disabled: true, isAnonymous: false, provider: "oauth2-apple" }),
      ],
      ["users: expire within a week", usersPage({ expiresBefore: new Date(until + 7 * 86_400_000) })],
      [
        "users: created in one week",
        usersPage({
          createdFrom: new Date(until - 200 * 86_400_000),
          createdBefore: new Date(until - 193 * 86_400_000),
        }),
      ],
      ["users losing access", usersPage({ losingAccessByDraft: "local-userpass" })],
      ["users losing access, deep", usersPage({ losingAccessByDraft: "local-userpass" }, deep)],
      [
        "review",
        {
          query:
            "{ review { changes { provider } impact { provider identities usersLosingAccess activeSessions } } }",
        },
      ],
      [
        "user",
        {
          query: `{ user(id: "${first.node.id}") { id formerIds identities { id } sessions { id } apiKeys { id } profile } }`,
        },
      ],
      ["events", eventsPage()],
      ["events, deep", eventsPage({ before: new Date(until - 300 * 86_400_000) })],
      ["events of a user", eventsPage({ userId: survivor })],
      ["events: deployed", eventsPage({ actions: ["DEPLOYED", "REDEPLOYED"] })],
      ["events: linked or merged", eventsPage({ actions: ["IDENTITY_LINKED", "USER_MERGED"] })],
      ["events: failed", eventsPage({ outcome: "FAILED" })],
      ["events by an operator", eventsPage({ actor: "night shift" })],
      ["events through oauth2-apple, failed", eventsPage({ provider: "oauth2-apple", outcome: "FAILED" })],
      ["events: no match", eventsPage({ actor: "unknown", actions: ["LOGGED_IN"] })],
    ];
    const limits = [];
    for (const [name, body] of queries) {
      const times = [];
      for (let turn = 0; turn <= TIMES; turn++) {
        const begun = performance.now();
        await ask(body);
        times.push(performance.now() - begun);
      }
      const [cold, ...others] = times;
      others.sort((a, b) => a - b);
      const p99 = others.at(-1) ?? 0;
      limits.push({
        name: `${name}: p50 ${others[Math.floor(TIMES / 2)].toFixed(1)} ms, first ${cold.toFixed(1)} ms, p99`,
        value: p99,
        below: BELOW_MS,
        unit: "ms",
      });
    }
    return { limits };
  },
};

const statisticsQuery = (/** @type {number} */ days) => `{ statistics(days: ${days}) {
  logins { day total byProvider { provider count } } failedLogins { day total byCode { code count } }
  conversion { weekOf arrived linked merged } anonymousUsers { total expiringWithinWeek byAge { ageDays users } }
  activeSessions { total byProvider { provider count } } } }`;
