/**
 * What the rules of login, linking, merging, unlinking, sessions and expiry promise, as a small model without a
 * database: every step takes a state and gives an answer and the next state. Things are called by labels that the
 * test gives them: users u1, sessions s1, tickets t1, identities `token:ada`, `email:ada` or `anon:u1`.
 */
export type Step =
  | { kind: "anonymous"; key: string | null }
  | { kind: "login"; identity: string }
  | { kind: "link"; session: string; identity: string }
  | { kind: "merge"; session: string; ticket: string }
  | { kind: "unlink"; session: string; identity: string }
  | { kind: "refresh"; session: string; generation: number }
  | { kind: "logout"; session: string; scope: "CURRENT" | "OTHERS" | "ALL" }
  | { kind: "endSession"; session: string; target: string }
  | { kind: "deleteMe"; session: string }
  | { kind: "disable" | "enable"; user: string }
  | { kind: "expire" };

interface UserState {
  anonymous: boolean;
  disabled: boolean;
  /** Old enough to expire while it is anonymous. */
  aged: boolean;
}
interface SessionState {
  user: string;
  ended: boolean;
  /** The kind of identity that it began with. */
  kind: string;
  createdAt: number;
  generation: number;
  rotatedAt: number | null;
}

export interface State {
  users: Record<string, UserState>;
  /** Identity → user. */
  identities: Record<string, string>;
  sessions: Record<string, SessionState>;
  tickets: Record<string, { session: string; identity: string; expiresAt: number }>;
  former: Record<string, string>;
  keys: Record<string, { user: string; expiresAt: number }>;
  /** Event type → how many subscribers got, since the beginning. */
  events: Record<string, number>;
}

export const emptyState = (): State => ({
  users: {},
  identities: {},
  sessions: {},
  tickets: {},
  former: {},
  keys: {},
  events: {},
});

const SECOND = 1_000;
const isEmail = (identity: string): boolean => identity.startsWith("email:");
const canSignIn = (identity: string): boolean => !identity.startsWith("anon:");

/** Drops what refers to users, sessions and identities that are gone, as foreign keys do. */
function cascade(state: State): void {
  const drop = <T>(record: Record<string, T>, isGone: (value: T, key: string) => boolean): void => {
    for (const [key, value] of Object.entries(record)) if (isGone(value, key)) delete record[key];
  };
  drop(state.identities, (user) => !state.users[user]);
  drop(state.sessions, ({ user }) => !state.users[user]);
  drop(state.former, (user) => !state.users[user]);
  drop(state.keys, ({ user }) => !state.users[user]);
  drop(state.tickets, ({ session, identity }) => !state.sessions[session] || !state.identities[identity]);
}

const isExpired = (user: UserState): boolean => user.anonymous && user.aged;

const publish = (state: State, type: string): void => {
  state.events[type] = (state.events[type] ?? 0) + 1;
};

const end = (state: State, session: SessionState): void => {
  if (!session.ended) publish(state, "session.ended");
  session.ended = true;
};

class Rejection extends Error {}
const reject = (code: string): never => {
  throw new Rejection(code);
};

function callerOf(
  state: State,
  label: string,
): { user: UserState; userLabel: string; session: SessionState } {
  const session = state.sessions[label];
  const user = session && state.users[session.user];
  if (!session || !user || session.ended || isExpired(user)) return reject("UNAUTHENTICATED");
  if (user.disabled) reject("USER_DISABLED");
  return { user, userLabel: session.user, session };
}

function recentCallerOf(state: State, label: string, now: number): ReturnType<typeof callerOf> {
  const caller = callerOf(state, label);
  if (!caller.user.anonymous && caller.session.createdAt + 900 * SECOND < now)
    reject("REAUTHENTICATION_REQUIRED");
  return caller;
}

const kindOf = (identity: string): string => identity.split(":")[0] ?? "";

const identitiesOf = (state: State, user: string): string[] =>
  Object.keys(state.identities).filter((identity) => state.identities[identity] === user);

/** @param name the number that labels what this step makes: user u<name>, session s<name>, ticket t<name> */
export function take(before: State, step: Step, name: number, now: number): { state: State; answer: string } {
  const state = structuredClone(before);
  try {
    const answer = act(state, step, name, now) ?? "OK";
    cascade(state);
    return { state, answer };
  } catch (rejection) {
    if (!(rejection instanceof Rejection)) throw rejection;
    // A reused refresh token ends its session although it is rejected.
    const ends = step.kind === "refresh" && rejection.message === "SESSION_REVOKED";
    return { state: ends ? state : before, answer: rejection.message };
  }
}

function act(state: State, step: Step, name: number, now: number): string | undefined {
  const begin = (user: string, identity: string): void => {
    state.sessions[`s${name}`] = {
      user,
      kind: kindOf(identity),
      ended: false,
      createdAt: now,
      generation: 0,
      rotatedAt: null,
    };
  };
  const create = (anonymous: boolean, identity: string): string => {
    state.users[`u${name}`] = { anonymous, disabled: false, aged: false };
    state.identities[identity] = `u${name}`;
    begin(`u${name}`, identity);
    return `u${name}`;
  };

  switch (step.kind) {
    case "anonymous": {
      const known = step.key === null ? undefined : state.keys[step.key];
      const user = known && state.users[known.user];
      const isLoggedIn = Object.values(state.sessions).some(
        (session) => session.user === known?.user && !session.ended,
      );
      if (known && known.expiresAt > now && user?.anonymous && !user.disabled && isLoggedIn) {
        begin(known.user, "anon:");
        return;
      }
      const created = create(true, `anon:u${name}`);
      if (step.key !== null) state.keys[step.key] = { user: created, expiresAt: now + 60 * SECOND };
      return;
    }
    case "login": {
      const owner = state.identities[step.identity];
      if (owner === undefined && isEmail(step.identity)) reject("INVALID_CREDENTIALS");
      if (owner === undefined) {
        create(false, step.identity);
        return;
      }
      if (state.users[owner]?.disabled) reject("USER_DISABLED");
      begin(owner, step.identity);
      return;
    }
    case "link": {
      const { user, userLabel, session } = callerOf(state, step.session);
      const owner = state.identities[step.identity];
      if (owner === userLabel) return;
      if (isEmail(step.identity) && identitiesOf(state, userLabel).some(isEmail))
        reject("PROVIDER_ALREADY_LINKED");
      if (owner === undefined) {
        recentCallerOf(state, step.session, now);
        state.identities[step.identity] = userLabel;
        publish(state, "user.linked");
        if (!user.anonymous) return;
        user.anonymous = false;
        for (const [label, each] of Object.entries(state.sessions))
          if (each.user === userLabel && label !== step.session) end(state, each);
        Object.assign(session, { generation: session.generation + 1, rotatedAt: now });
        return;
      }
      if (!user.anonymous) reject("IDENTITY_IN_USE");
      if (state.users[owner]?.disabled) reject("USER_DISABLED");
      state.tickets[`t${name}`] = {
        session: step.session,
        identity: step.identity,
        expiresAt: now + 600 * SECOND,
      };
      return "CONFLICT";
    }
    case "merge": {
      const { user, userLabel } = callerOf(state, step.session);
      const ticket = state.tickets[step.ticket];
      if (!ticket || ticket.session !== step.session || ticket.expiresAt <= now || !user.anonymous)
        return reject("MERGE_TICKET_INVALID");
      const survivor = state.identities[ticket.identity] ?? reject("MERGE_TICKET_INVALID");
      if (state.users[survivor]?.disabled) reject("USER_DISABLED");
      for (const identity of identitiesOf(state, userLabel)) state.identities[identity] = survivor;
      for (const [id, owner] of Object.entries(state.former))
        if (owner === userLabel) state.former[id] = survivor;
      state.former[userLabel] = survivor;
      for (const [label, each] of Object.entries(state.tickets))
        if (state.sessions[each.session]?.user === userLabel) delete state.tickets[label];
      for (const session of Object.values(state.sessions)) {
        if (session.user !== userLabel) continue;
        end(state, session);
        session.user = survivor;
      }
      delete state.users[userLabel];
      publish(state, "user.merged");
      begin(survivor, ticket.identity);
      return;
    }
    case "unlink": {
      const { userLabel } = recentCallerOf(state, step.session, now);
      const mine = identitiesOf(state, userLabel);
      if (!mine.includes(step.identity)) reject("IDENTITY_NOT_FOUND");
      if (!mine.some((identity) => identity !== step.identity && canSignIn(identity)))
        reject("LAST_IDENTITY");
      delete state.identities[step.identity];
      publish(state, "user.unlinked");
      for (const [label, session] of Object.entries(state.sessions)) {
        const isBegunByIt = session.user === userLabel && session.kind === kindOf(step.identity);
        if (canSignIn(step.identity) && isBegunByIt && label !== step.session) end(state, session);
      }
      return;
    }
    case "refresh": {
      const session = state.sessions[step.session];
      const user = session && state.users[session.user];
      if (!session || !user) return reject("UNAUTHENTICATED");
      if (session.ended) reject("SESSION_REVOKED");
      if (isExpired(user)) reject("UNAUTHENTICATED");
      if (user.disabled) reject("USER_DISABLED");
      // A token that is newer than the session is ours all the same: its database was restored.
      if (step.generation >= session.generation) {
        Object.assign(session, { generation: step.generation + 1, rotatedAt: now });
        return;
      }
      const inGrace = session.rotatedAt !== null && now <= session.rotatedAt + 10 * SECOND;
      // A guest, who cannot log in again, has until the newest is used.
      if (step.generation === session.generation - 1 && (inGrace || user.anonymous)) return;
      end(state, session);
      return reject("SESSION_REVOKED");
    }
    case "logout": {
      const { userLabel } = callerOf(state, step.session);
      for (const [label, session] of Object.entries(state.sessions)) {
        const isMeant = {
          CURRENT: label === step.session,
          OTHERS: session.user === userLabel && label !== step.session,
          ALL: session.user === userLabel,
        }[step.scope];
        if (isMeant) end(state, session);
      }
      return;
    }
    case "endSession": {
      const { userLabel } = callerOf(state, step.session);
      const target = state.sessions[step.target];
      if (!target || target.user !== userLabel || target.ended) return reject("SESSION_NOT_FOUND");
      end(state, target);
      return;
    }
    case "deleteMe": {
      const { userLabel } = recentCallerOf(state, step.session, now);
      delete state.users[userLabel];
      publish(state, "user.deleted");
      return;
    }
    case "disable":
    case "enable": {
      const user = state.users[step.user] ?? state.users[state.former[step.user] ?? ""];
      if (!user) return reject("USER_NOT_FOUND");
      if (user.disabled !== (step.kind === "disable")) publish(state, `user.${step.kind}d`);
      user.disabled = step.kind === "disable";
      return;
    }
    case "expire": {
      for (const [label, user] of Object.entries(state.users)) {
        if (!isExpired(user)) continue;
        delete state.users[label];
        publish(state, "user.expired");
      }
      return;
    }
  }
}

/** What can be seen of a state without the labels of users, which the database does not know. */
export function describe(state: State): object {
  const users = Object.entries(state.users).map(([label, { anonymous, disabled }]) => {
    const identities = identitiesOf(state, label);
    const sessions = Object.entries(state.sessions).filter(([, { user }]) => user === label);
    return {
      signInMethods: identities.filter(canSignIn).sort(),
      anonymousIdentities: identities.filter((identity) => !canSignIn(identity)).length,
      anonymous,
      disabled,
      formerIds: Object.values(state.former).filter((user) => user === label).length,
      live: sessions
        .filter(([, { ended }]) => !ended)
        .map(([name, { generation }]) => `${name}.${generation}`)
        .sort(),
      over: sessions
        .filter(([, { ended }]) => ended)
        .map(([name]) => name)
        .sort(),
    };
  });
  return {
    users: users.map((user) => JSON.stringify(user)).sort(),
    tickets: Object.keys(state.tickets).sort(),
    events: Object.entries(state.events).sort(),
  };
}
