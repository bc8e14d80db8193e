/**
 * Random sequences and interleavings of everything that identity/ does, through two gateways on one database, held
 * against a model. Steps that run at the same time must end as they would one after the other, in some order.
 */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  type Answer,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  startGateway,
  TestClock,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import { describe as describeState, emptyState, type State, type Step, take } from "../support/model.ts";

/** A step before it is known which sessions, users and tickets there are: numbers choose among them. */
type Sketch = { kind: Step["kind"]; which: number; other: number; identity: string; key: string | null };
type Action =
  | { kind: "steps"; sketches: Sketch[] }
  | { kind: "wait"; seconds: number }
  | { kind: "age"; which: number };

const IDENTITIES = ["token:ada", "token:bob", "token:cyd", "email:eve", "email:fay"];
/** More than usual with MODEL_RUNS=1000, for a night. */
const RUNS = Number(process.env.MODEL_RUNS ?? 50);
const ACTIONS = 28;

const kinds: { kind: Step["kind"]; weight: number }[] = [
  { kind: "anonymous", weight: 4 },
  { kind: "login", weight: 3 },
  { kind: "link", weight: 6 },
  { kind: "merge", weight: 5 },
  { kind: "unlink", weight: 4 },
  { kind: "refresh", weight: 4 },
  { kind: "logout", weight: 2 },
  { kind: "endSession", weight: 1 },
  { kind: "deleteMe", weight: 1 },
  { kind: "disable", weight: 1 },
  { kind: "enable", weight: 2 },
  { kind: "expire", weight: 2 },
];
const sketch: fc.Arbitrary<Sketch> = fc.record({
  kind: fc.oneof(...kinds.map(({ kind, weight }) => ({ weight, arbitrary: fc.constant(kind) }))),
  which: fc.nat(1_000),
  other: fc.nat(1_000),
  identity: fc.constantFrom(...IDENTITIES),
  key: fc.constantFrom(null, null, "key-of-sixteen-characters", "another-key-of-some-length"),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("steps" as const),
      sketches: fc.tuple(sketch) as fc.Arbitrary<Sketch[]>,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("steps" as const),
      sketches: fc.array(sketch, { minLength: 2, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      seconds: fc.constantFrom(1, 11, 60, 600, 901),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("age" as const), which: fc.nat(1_000) }) },
);

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

describe.each(databases)("on %s", (name) => {
  const clock = new TestClock();
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let gateways: Gateway[];
  let issuer: Issuer;

  beforeAll(async () => {
    database = await createDatabase(name);
    const settings = { ACCESS_TOKEN_SECONDS: "86400" };
    const first = await startGateway({ url: database.url, clock, settings });
    issuer = await deployIssuer(first);
    gateways = [first, await startGateway({ url: database.url, clock, settings })];
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await database.drop();
  });

  const query = <Row>(sql: string): Promise<Row[]> => (gateways[0] as Gateway).app.database.reads.query(sql);
  const write = (sql: string): Promise<unknown> =>
    (gateways[0] as Gateway).app.database.writes.transaction((manager) => manager.query(sql));

  /** One random life: what the model says it is, and what the labels stand for in the database. */
  class World {
    state: State = emptyState();
    steps = 0;
    private readonly tokens: Record<string, { access: string; refresh: string[] }> = {};
    private readonly sessionIds: Record<string, string> = {};
    private readonly userIds: Record<string, string> = {};
    private readonly anonymousIds: Record<string, string> = {};
    private readonly secrets: Record<string, string> = {};

    private pick(labels: readonly string[], which: number): string | undefined {
      return labels[which % Math.max(1, labels.length)];
    }
    /** Mostly an active session; sometimes one that has ended. */
    private pickSession(which: number): string | undefined {
      const all = Object.keys(this.tokens);
      const live = all.filter((label) => this.state.sessions[label]?.ended === false);
      return this.pick(which % 5 === 0 || live.length === 0 ? all : live, which);
    }

    /** Which step a sketch is in this world; an anonymous login where there is nothing to do it with. */
    bind({ kind, which, other, identity, key }: Sketch): Step {
      const fallback: Step = { kind: "anonymous", key };
      const session = this.pickSession(which);
      if (kind === "anonymous" || session === undefined) return fallback;
      if (kind === "login") return { kind, identity };
      if (kind === "link") return { kind, session, identity };
      if (kind === "expire") return { kind };
      if (kind === "merge") {
        const ticket = this.pick(Object.keys(this.secrets), other);
        if (ticket === undefined) return fallback;
        const own = this.state.tickets[ticket]?.session;
        return { kind, ticket, session: (which % 6 === 0 ? undefined : own) ?? session };
      }
      if (kind === "unlink") {
        const user = this.state.sessions[session]?.user;
        const { identities } = this.state;
        const mine = Object.keys(identities).filter((each) => identities[each] === user);
        return { kind, session, identity: this.pick(which % 6 === 0 ? IDENTITIES : mine, other) ?? identity };
      }
      if (kind === "refresh") {
        const newest = (this.tokens[session]?.refresh.length ?? 1) - 1;
        let generation = Math.max(0, newest - (other % 3));
        while (this.tokens[session]?.refresh[generation] === undefined && generation > 0) generation -= 1;
        return { kind, session, generation };
      }
      if (kind === "logout") {
        return { kind, session, scope: (["CURRENT", "OTHERS", "ALL"] as const)[other % 3] ?? "ALL" };
      }
      if (kind === "endSession") return { kind, session, target: this.pickSession(other) ?? session };
      if (kind === "deleteMe") return { kind, session };
      const user = this.pick(Object.keys(this.userIds), other);
      return user === undefined ? fallback : { kind, user };
    }

    /** Sends a step to a gateway, with what the labels stand for now. */
    async prepare(step: Step, gateway: Gateway): Promise<() => Promise<Answer>> {
      const token = "session" in step ? this.tokens[step.session]?.access : undefined;
      const pair = "user { id } session { id } accessToken refreshToken";
      const send = (operation: string, variables: object = {}) => {
        const types = Object.keys(variables).map(
          (key) =>
            `$${key}: ${key === "credentials" ? "Credentials!" : key.endsWith("Id") ? "ID!" : "String"}`,
        );
        const head = types.length > 0 ? `(${types.join(", ")})` : "";
        return () => gateway.graph(`mutation ${head} { answer: ${operation} }`, { token, variables });
      };
      const credentials = async (identity: string): Promise<object> => {
        const [kind, who] = identity.split(":");
        return kind === "token"
          ? { jwt: { token: await issuer.sign(String(who)) } }
          : { emailPassword: { email: `${who}@example.com`, password: "correct horse" } };
      };
      switch (step.kind) {
        case "anonymous":
          return send(`loginAnonymous(idempotencyKey: $key) { ${pair} }`, { key: step.key });
        case "login":
          return send(`login(credentials: $credentials) { ${pair} }`, {
            credentials: await credentials(step.identity),
          });
        case "link":
          return send(
            `linkIdentity(credentials: $credentials) { ... on AuthPayload { ${pair} } ... on IdentityConflict { mergeTicket } }`,
            { credentials: await credentials(step.identity) },
          );
        case "merge":
          return send(
            `mergeUser(ticket: $ticket) { ${pair} }`.replace(
              "$ticket",
              JSON.stringify(this.secrets[step.ticket]),
            ),
          );
        case "unlink": {
          const [row] = step.identity.startsWith("anon:")
            ? [{ id: this.anonymousIds[step.identity] ?? "unknown" }]
            : await query<{ id: string }>(
                step.identity.startsWith("email:")
                  ? `SELECT id FROM identities WHERE email = '${step.identity.slice(6)}@example.com'`
                  : `SELECT id FROM identities WHERE provider = 'custom-token' AND subject = '${step.identity.slice(6)}'`,
              );
          return send("unlinkIdentity(identityId: $identityId) { id }", { identityId: row?.id ?? "unknown" });
        }
        case "refresh": {
          const secret = JSON.stringify(this.tokens[step.session]?.refresh[step.generation]);
          return () =>
            gateway.graph(`mutation { answer: refreshSession(refreshToken: ${secret}) { ${pair} } }`);
        }
        case "logout":
          return send(`logout(scope: ${step.scope}) { sessionsEnded }`);
        case "endSession":
          return send("endSession(sessionId: $sessionId) { sessionsEnded }", {
            sessionId: this.sessionIds[step.target],
          });
        case "deleteMe":
          return send("deleteMe { deletedUserId }");
        case "disable":
        case "enable": {
          const id = JSON.stringify(this.userIds[step.user]);
          return () => gateway.admin(`mutation { answer: ${step.kind}User(id: ${id}) { id } }`);
        }
        case "expire":
          return () => gateway.admin("mutation { answer: expireAnonymousUsers(dryRun: false) { users } }");
      }
    }

    /** Takes some steps at the same time, and finds the order in which the model ends as the database did. */
    async takeSteps(steps: Step[]): Promise<void> {
      const names = steps.map(() => ++this.steps);
      const sends = await Promise.all(
        steps.map((step, index) => this.prepare(step, gateways[index % 2] as Gateway)),
      );
      const answers = await Promise.all(sends.map((send) => send()));
      const seen = answers.map(
        (answer) => codeOf(answer) ?? (answer.data.answer?.mergeTicket ? "CONFLICT" : "OK"),
      );
      for (const [index, { data }] of answers.entries()) this.memoize(names[index] as number, data?.answer);
      const observed = JSON.stringify(describeState(await this.observe()));

      const tried: string[] = [];
      // Expiry skips users whom another transaction is changing; its next run finds them.
      const orders = permutations([...steps.keys()]);
      const skipping = orders.map((order) => order.filter((index) => steps[index]?.kind !== "expire"));
      for (const order of [...orders, ...skipping]) {
        let state = this.state;
        const said: string[] = steps.map((step) => (step.kind === "expire" ? "OK" : ""));
        for (const index of order) {
          const taken = take(state, steps[index] as Step, names[index] as number, +clock.now());
          state = taken.state;
          said[index] = taken.answer;
        }
        const expected = JSON.stringify(describeState(state));
        if (said.join() === seen.join() && expected === observed) {
          this.state = state;
          await this.learnUsers();
          return;
        }
        tried.push(`${order}: ${said} ${expected}`);
      }
      throw new Error(
        `No order explains ${JSON.stringify(steps)}\nbefore: ${JSON.stringify(this.state)}\nseen: ${seen} ${observed}\n${tried.join("\n")}`,
      );
    }

    private memoize(stepName: number, answer: Answer["data"]): void {
      if (answer?.mergeTicket) this.secrets[`t${stepName}`] = answer.mergeTicket;
      if (!answer?.refreshToken) return;
      const known = Object.keys(this.sessionIds).find((each) => this.sessionIds[each] === answer.session.id);
      const label = known ?? `s${stepName}`;
      this.sessionIds[label] = answer.session.id;
      const { refresh = [] } = this.tokens[label] ?? {};
      // Answers of the same moment come in any order; the token says which it is.
      const generation = Buffer.from(answer.refreshToken.slice(4), "base64url").readUInt32BE(16);
      refresh[generation] = answer.refreshToken;
      this.tokens[label] = { access: answer.accessToken, refresh };
    }

    private async learnUsers(): Promise<void> {
      const rows = await query<{ id: string; user_id: string }>("SELECT id, user_id FROM sessions");
      for (const [label, { user }] of Object.entries(this.state.sessions)) {
        this.userIds[user] ??= String(rows.find(({ id }) => id === this.sessionIds[label])?.user_id);
      }
      for (const [identity, owner] of Object.entries(this.state.identities)) {
        if (!identity.startsWith("anon:") || this.anonymousIds[identity]) continue;
        const [row] = await query<{ id: string }>(
          `SELECT id FROM identities WHERE provider = 'anon-user' AND user_id = '${this.userIds[owner]}'`,
        );
        this.anonymousIds[identity] = String(row?.id);
      }
    }

    /** The database as a state whose users are called by their ids. */
    private async observe(): Promise<State> {
      const state = emptyState();
      for (const { type, count } of await query<{ type: string; count: number | string }>(
        "SELECT type, COUNT(*) AS count FROM events GROUP BY type",
      )) {
        state.events[type] = Number(count);
      }
      const labelOf = (record: Record<string, string>, value: string): string =>
        Object.keys(record).find((label) => record[label] === value) ?? `unknown ${value}`;
      for (const row of await query<{
        id: string;
        is_anonymous: boolean | number;
        disabled_at: number | null;
      }>("SELECT id, is_anonymous, disabled_at FROM users")) {
        state.users[row.id] = {
          anonymous: Boolean(row.is_anonymous),
          disabled: row.disabled_at !== null,
          aged: false,
        };
      }
      for (const row of await query<{
        id: string;
        provider: string;
        subject: string;
        email: string;
        user_id: string;
      }>("SELECT id, provider, subject, email, user_id FROM identities")) {
        const names: Record<string, string> = {
          "anon-user": `anon:${row.id}`,
          "custom-token": `token:${row.subject}`,
          "local-userpass": `email:${row.email?.split("@")[0]}`,
        };
        state.identities[String(names[row.provider])] = row.user_id;
      }
      for (const row of await query<{
        id: string;
        user_id: string;
        ended_at: number | null;
        refresh_generation: number;
      }>("SELECT id, user_id, ended_at, refresh_generation FROM sessions")) {
        state.sessions[labelOf(this.sessionIds, row.id)] = {
          user: row.user_id,
          ended: row.ended_at !== null,
          kind: "",
          createdAt: 0,
          generation: row.refresh_generation,
          rotatedAt: null,
        };
      }
      const { hashSecret } = await import("../../src/encryption.ts");
      const hashes = Object.fromEntries(
        Object.entries(this.secrets).map(([label, secret]) => [label, hashSecret(secret)]),
      );
      for (const row of await query<{ hash: string }>("SELECT hash FROM merge_tickets")) {
        state.tickets[labelOf(hashes, row.hash)] = { session: "", identity: "", expiresAt: 0 };
      }
      for (const row of await query<{ id: string; user_id: string }>(
        "SELECT id, user_id FROM former_user_ids",
      )) {
        state.former[row.id] = row.user_id;
      }
      return state;
    }

    /** Makes a user ninety days old, as only time does. */
    async age(which: number): Promise<void> {
      const label = this.pick(Object.keys(this.state.users), which);
      const user = label === undefined ? undefined : this.state.users[label];
      if (label === undefined || !user) return;
      user.aged = true;
      for (const [key, known] of Object.entries(this.state.keys))
        if (known.user === label) delete this.state.keys[key];
      await write(
        `UPDATE users SET created_at = created_at - 7776000000 WHERE id = '${this.userIds[label]}'`,
      );
      await write(`DELETE FROM anonymous_login_keys WHERE user_id = '${this.userIds[label]}'`);
    }
  }

  /** What must never be in the database, whatever happened; each is a query that finds nothing. */
  const forbidden = {
    "a user without identities":
      "SELECT id FROM users u WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id)",
    "an identity of a missing user":
      "SELECT id FROM identities i WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = i.user_id)",
    "an identity with two owners":
      "SELECT provider, subject FROM identities GROUP BY provider, subject HAVING count(*) > 1",
    "an active session of a missing user":
      "SELECT id FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id)",
    "a user who is also a former id": "SELECT u.id FROM users u JOIN former_user_ids f ON f.id = u.id",
    "a permanent user who cannot come back":
      "SELECT id FROM users u WHERE NOT is_anonymous AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id AND i.can_sign_in)",
    "an active session whose end does not fit its user":
      "SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.ended_at IS NULL AND (s.expires_at IS NULL) <> u.is_anonymous",
    "a password of no identity": "SELECT id FROM password_credentials WHERE identity_id IS NULL",
  };

  async function forgetEverybody(): Promise<void> {
    await write("DELETE FROM users");
    await write("DELETE FROM events");
    await write("DELETE FROM password_credentials");
  }
  async function expectNothingForbidden(): Promise<void> {
    for (const [what, sql] of Object.entries(forbidden)) {
      expect([what, await query(sql)]).toEqual([what, []]);
    }
  }

  /** A guest s1 with a ticket t4 for a permanent user s2, who has two sign-in methods. */
  const beginning: Step[] = [
    { kind: "anonymous", key: null },
    { kind: "login", identity: "token:ada" },
    { kind: "link", session: "s2", identity: "token:bob" },
    { kind: "link", session: "s1", identity: "token:ada" },
  ];
  const moves: Step[] = [
    { kind: "link", session: "s1", identity: "token:cyd" },
    { kind: "link", session: "s1", identity: "token:bob" },
    { kind: "link", session: "s2", identity: "token:cyd" },
    { kind: "merge", session: "s1", ticket: "t4" },
    { kind: "unlink", session: "s2", identity: "token:ada" },
    { kind: "unlink", session: "s2", identity: "token:bob" },
    { kind: "refresh", session: "s1", generation: 0 },
    { kind: "refresh", session: "s2", generation: 0 },
    { kind: "login", identity: "token:ada" },
    { kind: "login", identity: "token:cyd" },
    { kind: "logout", session: "s1", scope: "ALL" },
    { kind: "logout", session: "s2", scope: "ALL" },
    { kind: "endSession", session: "s2", target: "s2" },
    { kind: "deleteMe", session: "s1" },
    { kind: "deleteMe", session: "s2" },
    { kind: "disable", user: "u1" },
    { kind: "disable", user: "u2" },
    { kind: "expire" },
  ];
  const isExpiry = (step: Step): boolean => step.kind === "expire";
  const pairs = moves.flatMap((one, index) =>
    moves.slice(index).flatMap((two) => (isExpiry(one) && isExpiry(two) ? [] : [[one, two]])),
  );

  it("ends as the model says when any two things happen at the same time", async () => {
    for (const pair of pairs) {
      await forgetEverybody();
      const world = new World();
      for (const step of beginning) await world.takeSteps([step]);
      await world.takeSteps(pair);
      await expectNothingForbidden();
    }
  });

  it(
    "ends as the model says, whatever happens in whatever order",
    async () => {
      let steps = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(action, { minLength: 1, maxLength: ACTIONS, size: "max" }),
          async (actions) => {
            await forgetEverybody();
            const world = new World();
            for (const each of actions) {
              if (each.kind === "wait") clock.advance({ seconds: each.seconds });
              else if (each.kind === "age") await world.age(each.which);
              else {
                const steps = each.sketches.map((each) => world.bind(each));
                // Expiry runs once at a time: a second one is told to wait, which is no matter of order.
                await world.takeSteps(steps.filter((step, index) => step.kind !== "expire" || index === 0));
              }
            }
            await expectNothingForbidden();
            steps += world.steps;
          },
        ),
        { numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 2_400 * RUNS },
      );
      expect(steps).toBeGreaterThan(12 * RUNS);
      process.stdout.write(`${steps} steps on ${name}\n`);
    },
    3_000 * RUNS,
  );
});
