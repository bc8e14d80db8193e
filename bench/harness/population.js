/** A realistic population, the same for the same seed: creation, links, merges, sessions and expiry of users. */
import { v7 as uuidv7 } from "uuid";

const DAY_MS = 86_400_000;
const DAYS = 400;
const EXPIRY_DAYS = 90;
/** Shares of new users. */
const SHARES = { linked: 0.12, merged: 0.03, deleted: 0.01 };
const WAYS_IN = [
  ["local-userpass", 0.55],
  ["oauth2-google", 0.3],
  ["custom-token", 0.1],
  ["oauth2-apple", 0.05],
];
const NAMES = ["Ada", "Grace", "Linus", "Wilhelmina", "Noor", "Søren", "José", "李"];
/** HTML in names, which a page without escaping would execute. */
const HTML_NAMES = [
  '<script>alert("name")</script>',
  "<b>Bold</b>",
  '"><img src=x onerror=alert(1)>',
  "O'Neil & Söhne",
];
const AGENTS = [
  "Mozilla/5.0 (iPhone)",
  "Mozilla/5.0 (X11; Linux)",
  "Mozilla/5.0 (Windows NT 10.0)",
  "okhttp/4.12",
  HTML_NAMES[0],
];

/** The pseudorandom number generator mulberry32. */
function createRandom(/** @type {number} */ seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * @typedef {Record<"users" | "identities" | "password_credentials" | "sessions" | "former_user_ids" | "audit_events", unknown[][]>} Batch
 */

export const columns = {
  users: ["id", "is_anonymous", "created_at", "last_login_at", "disabled_at", "profile"],
  identities: [
    "id",
    "user_id",
    "provider",
    "subject",
    "email",
    "email_verified",
    "can_sign_in",
    "created_at",
    "last_used_at",
  ],
  password_credentials: [
    "id",
    "email",
    "password_hash",
    "created_at",
    "identity_id",
    "is_pending",
    "confirmed_at",
  ],
  sessions: [
    "id",
    "user_id",
    "provider",
    "identity_id",
    "created_at",
    "last_seen_at",
    "expires_at",
    "refresh_generation",
    "rotated_at",
    "ended_at",
    "user_agent",
    "ip_address",
  ],
  former_user_ids: ["id", "user_id", "merged_at"],
  audit_events: [
    "id",
    "at",
    "action",
    "code",
    "actor_kind",
    "actor",
    "user_id",
    "provider",
    "target",
    "ip_address",
    "user_agent",
    "detail",
  ],
};

function pickSignInMethod(/** @type {number} */ choice) {
  let sum = 0;
  for (const [name, share] of WAYS_IN) {
    sum += Number(share);
    if (choice < sum) return String(name);
  }
  return "local-userpass";
}

const emptyBatch = () =>
  /** @type {Batch} */ (Object.fromEntries(Object.keys(columns).map((table) => [table, []])));

/** More each day, and fewer at weekends. */
const weightOf = (/** @type {number} */ age, /** @type {number} */ weekday) =>
  (1 + (DAYS - age) / DAYS) * (weekday === 0 || weekday === 6 ? 0.6 : 1);

/**
 * @param {{ users: number, seed: number, until: number, passwordHash: string }} options `users` is the approximate number of users at the end
 * @returns {Generator<{ batch: Batch, users: number }, Map<string, number>>} rows by day; returns the daily counts
 */
export function* makePopulation({ users, seed, until, passwordHash }) {
  const random = createRandom(seed);
  const bytes = new Uint8Array(16);
  const createId = (/** @type {number} */ msecs) => {
    for (let index = 0; index < 16; index += 4) {
      const word = random() * 4_294_967_296;
      for (let byte = 0; byte < 4; byte++) bytes[index + byte] = word >>> (byte * 8);
    }
    return uuidv7({ msecs, random: bytes });
  };
  const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];
  const today = Math.floor(until / DAY_MS);
  /** @type {Map<string, number>} */
  const counts = new Map();
  const count = (/** @type {number} */ time, /** @type {string} */ kind, key = "") => {
    const name = `${Math.floor(time / DAY_MS)}|${kind}|${key}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };

  const days = Array.from({ length: DAYS }, (_, index) => {
    const age = DAYS - 1 - index;
    const weight = weightOf(age, new Date((today - age) * DAY_MS).getUTCDay());
    const staying = age <= EXPIRY_DAYS ? 1 - SHARES.merged - SHARES.deleted : SHARES.linked;
    return { age, weight, staying };
  });
  const perWeight = users / days.reduce((sum, { weight, staying }) => sum + weight * staying, 0);

  /** @type {{ id: string, provider: string }[]} */
  const known = [];
  let number = 0;
  for (const { age, weight } of days) {
    const batch = emptyBatch();
    const dayStart = (today - age) * DAY_MS;
    const dayLength = age === 0 ? Math.max(until - dayStart, 1) : DAY_MS;
    const arrivals = Math.round(weight * perWeight);
    let present = 0;
    const record = (/** @type {number} */ at, /** @type {string} */ action, facts = {}) => {
      const {
        code = null,
        kind = "USER",
        actor = null,
        userId = actor,
        provider = null,
        target = null,
        detail = null,
      } = facts;
      batch.audit_events.push([
        createId(at),
        at,
        action,
        code,
        kind,
        actor,
        userId,
        provider,
        target,
        `10.${age % 200}.0.${number % 250}`,
        pick(AGENTS),
        detail && JSON.stringify(detail),
      ]);
    };
    for (let index = 0; index < arrivals; index++) {
      number++;
      const at = dayStart + Math.floor((index / arrivals) * dayLength);
      const later = Math.min(until, at + Math.floor(random() * random() * 20 * DAY_MS));
      const fate = random();
      const [id, anonymousId, ip] = [createId(at), createId(at), `10.${number % 200}.${number % 250}.1`];
      count(at, "arrived", "anon-user");
      if (fate < SHARES.merged && known.length > 0) {
        const survivor = pick(known);
        count(at, "merged");
        count(later, "login", survivor.provider);
        batch.identities.push([
          anonymousId,
          survivor.id,
          "anon-user",
          anonymousId,
          null,
          null,
          false,
          at,
          at,
        ]);
        batch.former_user_ids.push([id, survivor.id, later]);
        record(later, "USER_MERGED", {
          actor: id,
          userId: survivor.id,
          provider: survivor.provider,
          target: id,
        });
        continue;
      }
      const isLinked = fate < SHARES.merged + SHARES.linked;
      if (fate > 1 - SHARES.deleted || (!isLinked && age > EXPIRY_DAYS)) {
        count(at, "left");
        if (fate > 1 - SHARES.deleted) record(later, "USER_DELETED", { actor: id });
        continue;
      }
      present++;
      batch.identities.push([anonymousId, id, "anon-user", anonymousId, null, null, false, at, at]);
      const session = (
        /** @type {string} */ provider,
        /** @type {number} */ began,
        /** @type {number | null} */ endedAt,
      ) =>
        batch.sessions.push([
          createId(began),
          id,
          provider,
          null,
          began,
          began,
          isLinked ? began + 60 * DAY_MS : null,
          0,
          null,
          endedAt,
          pick(AGENTS),
          ip,
        ]);
      if (!isLinked) {
        batch.users.push([id, true, at, at, random() < 0.0005 ? later : null, null]);
        const isLoggedOut = random() < 0.1 && later > until - 7 * DAY_MS;
        session("anon-user", at, isLoggedOut ? later : null);
        if (isLoggedOut)
          record(later, "LOGGED_OUT", {
            actor: id,
            provider: "anon-user",
            detail: { scope: "CURRENT", sessionsEnded: 1 },
          });
        continue;
      }
      count(at, "linked");
      const provider = pickSignInMethod(random());
      const isHtml = random() < 0.0005;
      const name = isHtml ? pick(HTML_NAMES) : `${pick(NAMES)} ${number}`;
      const isDisabled = random() < 0.002;
      batch.users.push([
        id,
        false,
        at,
        later,
        isDisabled ? later : null,
        random() < 0.6 || isHtml ? JSON.stringify({ name }) : null,
      ]);
      known.push({ id, provider });
      const add = (/** @type {string} */ through) => {
        const identityId = createId(later);
        const email = `${
          pick(NAMES)
            .normalize("NFD")
            .replace(/[^a-z]/gi, "")
            .toLowerCase() || "li"
        }.${number}@example.com`;
        const subject = through === "local-userpass" ? createId(later) : `${through}-${number}`;
        batch.identities.push([identityId, id, through, subject, email, true, true, later, later]);
        if (through === "local-userpass")
          batch.password_credentials.push([subject, email, passwordHash, later, identityId, false, later]);
        record(later, "IDENTITY_LINKED", {
          actor: id,
          provider: through,
          detail: { wasAnonymous: through === provider },
        });
      };
      add(provider);
      if (random() < 0.15) add(provider === "oauth2-google" ? "local-userpass" : "oauth2-google");
      for (let began = later; began <= until; began += Math.ceil(DAY_MS * (5 + random() * 120))) {
        count(began, "login", provider);
        record(began, "LOGGED_IN", { actor: id, provider, detail: { isNew: false } });
        if (began > until - 60 * DAY_MS) session(provider, began, null);
      }
      if (isDisabled) record(later, "USER_DISABLED", { kind: "OPERATOR", actor: "night shift", userId: id });
      if (random() < 0.3) {
        count(later, "refused", "INVALID_CREDENTIALS");
        record(later, "LOGGED_IN", { kind: "VISITOR", userId: id, provider, code: "INVALID_CREDENTIALS" });
      }
    }
    if (age % 13 === 0)
      record(dayStart + 60_000, "SIGNING_KEY_ROTATED", { kind: "OPERATOR", actor: "night shift" });
    if (arrivals > 0)
      record(dayStart + 120_000, "USERS_EXPIRED", { kind: "SYSTEM", detail: { users: arrivals } });
    yield { batch, users: present };
  }
  return counts;
}
