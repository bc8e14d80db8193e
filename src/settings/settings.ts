/** The environment, read once and checked all at once. `docs/configuration.md` and `.env.example` are written from this table. */

import { z } from "zod";
import { parseDatabaseUrl } from "../database/database-url.ts";
import { parseNetworks } from "../network/addresses.ts";
import { defaultLimits, formatLimits, type LimitPolicy, parseLimits } from "../rate-limits/limits.ts";
import { parseUrl } from "../text/parse-url.ts";
import {
  isLocalUrl,
  isLoopbackHost,
  type ListenAddress,
  parseHost,
  parseMetricsPort,
  parsePublicUrl,
} from "./endpoints.ts";
import { parseOrigin } from "./origins.ts";

/** One row of the table: how a variable is read, and what an operator needs to know about it. */
export interface SettingRow<T> {
  /** Reads the text of the variable; throws an Error whose message says what is accepted. */
  readonly parse: (text: string) => T;
  /** What an absent or empty variable means, in the variable's own notation; "" where nothing stands in for it. */
  readonly fallback: string;
  readonly description: string;
  readonly secret?: boolean;
}

const checked =
  <T>(schema: z.ZodType<T>, expectation: string) =>
  (text: string): T => {
    const result = schema.safeParse(text);
    if (!result.success) throw new Error(expectation);
    return result.data;
  };

const wholeNumber = (least: number, most: number, unit: string) =>
  checked(
    z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(least).max(most)),
    `must be a whole number of ${unit} from ${least} to ${most}`,
  );

const onOff = checked(
  z.enum(["on", "off"]).transform((value) => value === "on"),
  "must be on or off",
);

const text = (text: string): string => text;

function parseSecret(value: string): string {
  if (value.length < 32) {
    throw new Error("must have at least 32 characters; `openssl rand -hex 32` makes a good one");
  }
  return value;
}

/** It travels as a Bearer token, where a dot or another kind's prefix would make it something else. */
function parseAdminKey(value: string): string {
  const key = parseSecret(value);
  if (/^pb[kr]_/.test(key) || !/^[\w~+/=-]+$/.test(key)) {
    throw new Error("must be letters, digits and _ ~ + / = - only; `openssl rand -hex 32` makes a good one");
  }
  return key;
}

function parseOrigins(value: string): readonly string[] {
  const problems: string[] = [];
  const origins = splitList(value).flatMap((origin) => {
    try {
      return [parseOrigin(origin)];
    } catch (error) {
      problems.push((error as Error).message);
      return [];
    }
  });
  if (problems.length === 0 && origins.length === 0 && value.trim() !== "") problems.push("it names none");
  if (origins.includes("*") && origins.length > 1) {
    problems.push('"*" allows every origin, so it stands alone: leave it out, or leave out the others');
  }
  if (problems.length > 0) {
    throw new Error(`must list origins such as https://app.example.com; ${problems.join("; ")}`);
  }
  return [...new Set(origins)];
}

function parseAppId(value: string): string {
  if (!/^[\w-]{1,100}$/.test(value)) {
    throw new Error("must be letters, digits, _ and - only, such as myapp-abcde");
  }
  return value;
}

/** A hop count, or the proxies' addresses. Trusting everybody is refused: anyone could then choose their address. */
function parseTrustProxy(value: string): false | number | readonly string[] {
  if (value === "off") return false;
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 10) return Number(value);
  const addresses = splitList(value);
  const wrong = addresses.find((address) => parseNetworks(address) === null);
  if (addresses.length > 0 && wrong === undefined) return addresses;
  throw new Error(
    `must be off, the number of proxies (1 to 10), or their addresses and networks such as 10.0.0.0/8 or loopback, comma-separated; ${JSON.stringify(wrong ?? value)} is none of these`,
  );
}

/** null: never by itself. */
function parseRotationDays(value: string): number | null {
  if (value === "off" || value === "0") return null;
  if (/^\d{1,4}$/.test(value) && Number(value) <= 3_650) return Number(value);
  throw new Error("must be off, or a whole number of days from 1 to 3650");
}

function parseSmtpUrl(value: string): string {
  const url = parseUrl(value);
  const isMail = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== "";
  if (!isMail || !/^\/?$/.test(url.pathname) || url.hash || !/^(\?starttls=off)?$/.test(url.search)) {
    throw new Error("must be smtps://user:password@host:port or smtp://user:password@host:port");
  }
  return value;
}

interface EmailSender {
  /** "" when there is none. */
  readonly name: string;
  readonly address: string;
}

function parseSender(value: string): EmailSender {
  const match = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<)?([^\s@<>,;:"()\p{Cc}]+@[^\s@<>,;:"()\p{Cc}]+)>?$/u.exec(value);
  if (!match?.[2] || value.includes("<") !== value.endsWith(">")) {
    throw new Error("must be no-reply@example.com or Example <no-reply@example.com>");
  }
  return { name: match[1]?.trim() ?? "", address: match[2] };
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Order is the order of the documentation. */
export const settingsTable = {
  PORT: {
    parse: wholeNumber(0, 65_535, "a port"),
    fallback: "4000",
    description: "The port to listen on. 0 lets the system choose one, which is printed at start.",
  },
  HOST: {
    parse: parseHost,
    fallback: "127.0.0.1",
    description:
      "The address to listen on. The default is reachable from this machine only; `0.0.0.0` opens it to the network, and then `PUBLIC_URL` must be given.",
  },
  PUBLIC_URL: {
    parse: parsePublicUrl,
    fallback: "",
    description:
      "Where clients and subgraphs reach this gateway. It is the `iss` claim of every access token, so changing it ends every token. It may have a path, whether the proxy in front takes it off or not. Needed unless `HOST` is a loopback address, where it is `http://localhost:<PORT>`.",
  },
  DATABASE_URL: {
    parse: parseDatabaseUrl,
    fallback: "sqlite:data/passerby.sqlite",
    description:
      "`sqlite:<file>`, `sqlite::memory:` (a throw-away database, gone at exit) or `postgres://user:password@host:port/database`, percent-encoded where needed (`%` is `%25`). `?sslmode=require` (`verify-full` means the same) encrypts and verifies the certificate, `&sslrootcert=/path/ca.pem` names an authority of your own, `?sslmode=no-verify` encrypts alone; see `docs/operating.md`.",
    secret: true,
  },
  DATABASE_POOL_SIZE: {
    parse: wholeNumber(2, 200, "connections"),
    fallback: "10",
    description: "PostgreSQL only: the most connections that this process opens.",
  },
  MASTER_KEY: {
    parse: parseSecret,
    fallback: "",
    description:
      "Encrypts the private signing keys and the secret provider settings in the database; at least 32 characters. Absent on SQLite: made at first start and kept beside the database with mode 0600. PostgreSQL refuses to start without it. Keep a copy of it: without it no gateway starts on that database.",
    secret: true,
  },
  ADMIN_KEY: {
    parse: parseAdminKey,
    fallback: "",
    description:
      "The key that opens the admin graph; at least 32 characters. Absent on SQLite: made at first start, kept beside the database with mode 0600, and shown once where a terminal watches. PostgreSQL refuses to start without it. More keys: `passerby admin-key create`.",
    secret: true,
  },
  INITIAL_PROVIDERS: {
    parse: splitList,
    fallback: "anon-user",
    description:
      "What the very first deployment switches on, comma-separated. Later changes go through draft, review and deploy.",
  },
  APP_ID: {
    parse: parseAppId,
    fallback: "passerby",
    description:
      "The app id that clients built on the Realm SDK send. Give it the one that your app has, such as `myapp-abcde`, and only the base URL changes there; see `docs/realm-compatibility.md`.",
  },
  REALM: {
    parse: onOff,
    fallback: "on",
    description:
      "Whether the client protocol of the Realm SDK is served below `/api/client/v2.0`; see `docs/realm-compatibility.md`. `off` answers 404 there.",
  },
  ANONYMOUS_USER_DAYS: {
    parse: wholeNumber(1, 36_500, "days"),
    fallback: "90",
    description:
      "How long a user may stay anonymous. At that age, counted from creation, the user expires and is deleted. Users that linked an identity never expire.",
  },
  AUDIT_DAYS: {
    parse: wholeNumber(1, 36_500, "days"),
    fallback: "400",
    description: "How long audit events are kept; see `docs/audit.md`.",
  },
  RECENT_LOGIN_MINUTES: {
    parse: wholeNumber(1, 525_600, "minutes"),
    fallback: "15",
    description:
      "How old a login may be for steps that could lock somebody out: linking another identity, unlinking, changing a password, making API keys, deleting the user. An older one gets `REAUTHENTICATION_REQUIRED`. Anonymous users, who have nothing more to prove, are exempt.",
  },
  ACCESS_TOKEN_SECONDS: {
    parse: wholeNumber(60, 86_400, "seconds"),
    fallback: "1800",
    description:
      "How long an access token is valid. Subgraphs trust a token for this long even after a logout; this gateway does not.",
  },
  REFRESH_TOKEN_DAYS: {
    parse: wholeNumber(1, 3_650, "days"),
    fallback: "60",
    description:
      "How long a session goes on without being refreshed. Sessions of anonymous users last until the user expires.",
  },
  SIGNING_KEY_PUBLISH_MINUTES: {
    parse: wholeNumber(10, 1_440, "minutes"),
    fallback: "10",
    description:
      "How long the next signing key is published before it signs, and one minute more for clocks that differ. Consumers cache keys for ten minutes, so it is never less; raise it where something on the way caches for longer.",
  },
  SIGNING_KEY_ROTATION_DAYS: {
    parse: parseRotationDays,
    fallback: "90",
    description:
      "After how many days of signing a key is replaced by the next one. `off` leaves that to operators: `passerby rotate-key`.",
  },
  TOKEN_AUDIENCE: {
    parse: text,
    fallback: "",
    description: "The `aud` claim of access tokens. Absent: the value of `PUBLIC_URL`.",
  },
  CORS_ORIGINS: {
    parse: parseOrigins,
    fallback: "",
    description:
      "The origins whose pages may call from a browser, comma-separated: `https://app.example.com`, those of apps and extensions such as `capacitor://localhost`, with `https://*.example.com` any one label in place of the star; or `*`. Absent: pages on this machine (localhost) while `HOST` is a loopback address, otherwise none.",
  },
  TRUST_PROXY: {
    parse: parseTrustProxy,
    fallback: "off",
    description:
      "Whose `X-Forwarded-For` to believe: `off`, the number of proxies in front (1 to 10), or their addresses and networks, comma-separated: `10.0.0.0/8`, `2001:db8::7`, `loopback`, `linklocal`, `uniquelocal`. Limits count by client address, so trust no one else; with a number, nothing but the proxies may reach the port. See `docs/limits.md`.",
  },
  RATE_LIMITS: {
    parse: parseLimits,
    fallback: formatLimits(defaultLimits),
    description:
      "`<limit>=<count>/<seconds>` or `<limit>=off`, comma-separated; `docs/limits.md` says what each limit counts. `off` for all of them is for load tests. Each gateway process counts for itself.",
  },
  SMTP_URL: {
    parse: parseSmtpUrl,
    fallback: "",
    description:
      "The mail server: `smtps://user:password@host:465` or `smtp://user:password@host:587`, percent-encoded where needed. TLS is demanded unless the server is on this machine; `?starttls=off` sends without. Absent: mails are shown in the log while `HOST` and `PUBLIC_URL` are addresses of this machine; otherwise none goes out, and `confirmation: email` cannot be deployed.",
    secret: true,
  },
  MAIL_FROM: {
    parse: parseSender,
    fallback: "",
    description:
      "Who mails are from: `no-reply@example.com` or `Example <no-reply@example.com>`. Needed with SMTP_URL.",
  },
  MAIL_TEMPLATES: {
    parse: text,
    fallback: "",
    description:
      "A folder with templates of your own. Each file replaces ours of the same name; see `docs/emails.md`.",
  },
  DRAIN_SECONDS: {
    parse: wholeNumber(0, 3_600, "seconds"),
    fallback: "5",
    description:
      "How long after SIGTERM everything is still answered while `/readyz` says 503, so that load balancers look elsewhere first; see `docs/operating.md`. Ctrl+C in a terminal does not wait.",
  },
  METRICS_PORT: {
    parse: parseMetricsPort,
    fallback: "127.0.0.1:9464",
    description:
      "Where `/metrics` is served for Prometheus, and nothing else: a port of 127.0.0.1, `host:port`, or `off`. When the default is taken, as by another gateway of this machine, this one runs without; a port that was set must be free.",
  },
  INTROSPECTION: {
    parse: onOff,
    fallback: "on",
    description: "Whether the graphs describe themselves to clients.",
  },
  GRAPHIQL: {
    parse: onOff,
    fallback: "on",
    description: "Whether `/graphiql` is served. It needs INTROSPECTION to be of much use.",
  },
  CONSOLE: {
    parse: onOff,
    fallback: "on",
    description: "Whether the operator's console is served at `/console`.",
  },
  LOG_LEVEL: {
    parse: checked(
      z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
      "must be fatal, error, warn, info, debug, trace or silent",
    ),
    fallback: "info",
    description: "How much is logged, as JSON lines on standard output.",
  },
} satisfies Record<string, SettingRow<unknown>>;

type Table = typeof settingsTable;
type Parsed<K extends keyof Table> = ReturnType<Table[K]["parse"]>;

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  /** null: to be found or made beside the SQLite file. */
  readonly masterKey: string | null;
  readonly adminKey: string | null;
  readonly initialProviders: readonly string[];
  readonly appId: string;
  /** Whether the Realm SDK's protocol is served. */
  readonly realm: boolean;
  readonly anonymousUserDays: number;
  readonly auditDays: number;
  readonly recentLoginMinutes: number;
  readonly accessTokenSeconds: number;
  readonly refreshTokenDays: number;
  readonly signingKeyPublishMinutes: number;
  /** null: never by itself. */
  readonly signingKeyRotationDays: number | null;
  readonly tokenAudience: string;
  /** `localhost` stands for every page on this machine. */
  readonly corsOrigins: readonly string[] | "localhost";
  readonly trustProxy: false | number | readonly string[];
  readonly limits: LimitPolicy;
  /** Where mails go: to a mail server, into the log, or nowhere. */
  readonly emailsTo: { readonly smtpUrl: string } | "log" | null;
  readonly emailsFrom: EmailSender;
  /** null: ours alone. */
  readonly mailTemplates: string | null;
  readonly drainSeconds: number;
  /** null: not served. `isRequired` when it was set: then it must be free. */
  readonly metricsAt: (ListenAddress & { readonly isRequired: boolean }) | null;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly console: boolean;
  readonly logLevel: Parsed<"LOG_LEVEL">;
}

/** All that is wrong with the environment, one line each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  constructor(readonly problems: readonly string[]) {
    super(`The settings do not make sense:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

/** Settings whose values only the parts that use them can judge. */
export type PartSettings = Pick<Settings, "initialProviders" | "mailTemplates">;

/**
 * Reads the environment; an empty value counts as absent.
 * @param checkParts says what is wrong with them, to be told together with everything else
 * @throws SettingsError naming every problem at once
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  checkParts: (settings: PartSettings) => readonly string[] = () => [],
): Settings {
  const problems: string[] = [];
  const isGiven = (name: keyof Table): boolean => Boolean(environment[name]?.trim());
  const read = <K extends keyof Table>(name: K): Parsed<K> => {
    const given = environment[name]?.trim() || settingsTable[name].fallback;
    try {
      return settingsTable[name].parse(given) as Parsed<K>;
    } catch (error) {
      // Shells and .env take quotes off; `docker run --env-file` and systemd's own syntax may not.
      const hint = /^(["']).*\1$/.test(given) ? ". Leave out the quotes around it" : "";
      problems.push(`${name} ${(error as Error).message}${hint}`);
      return undefined as Parsed<K>;
    }
  };
  const readOptional = <K extends keyof Table>(name: K): Parsed<K> | null =>
    isGiven(name) ? read(name) : null;

  const port = read("PORT");
  const host = read("HOST");
  const databaseUrl = read("DATABASE_URL");
  // What cannot be read is told as such, and not once more for what follows from it.
  const isLoopback = host === undefined || isLoopbackHost(host);
  if (!isLoopback && !isGiven("PUBLIC_URL")) {
    problems.push(
      `PUBLIC_URL must be given with HOST=${host}: the address under which clients reach this gateway, such as https://id.example.com. It is in every token, so changing it later would end them all`,
    );
  }
  const publicUrl = readOptional("PUBLIC_URL") ?? `http://localhost:${port}`;
  const metricsAt = read("METRICS_PORT");
  if (isGiven("METRICS_PORT") && port !== undefined && port !== 0 && metricsAt?.port === port) {
    problems.push(`METRICS_PORT must differ from PORT, which is ${port}`);
  }
  const isPostgres = databaseUrl?.startsWith("postgres") ?? false;
  const masterKey = readOptional("MASTER_KEY");
  const adminKey = readOptional("ADMIN_KEY");

  for (const name of ["MASTER_KEY", "ADMIN_KEY"] as const) {
    if (isPostgres && !isGiven(name)) {
      problems.push(`${name} must be given on PostgreSQL; \`openssl rand -hex 32\` makes a good one`);
    }
  }
  const smtpUrl = readOptional("SMTP_URL");
  const emailsFrom = readOptional("MAIL_FROM");
  if (isGiven("SMTP_URL") && !isGiven("MAIL_FROM")) {
    problems.push("MAIL_FROM must be given with SMTP_URL, such as Example <no-reply@example.com>");
  }
  // Behind a proxy a gateway listens on loopback too, but says another PUBLIC_URL: links do not belong in its log.
  const isDevelopment = isLoopback && isLocalUrl(publicUrl);
  if (masterKey && masterKey === adminKey) {
    problems.push("ADMIN_KEY must differ from MASTER_KEY: one of them travels in requests");
  }

  const settings: Settings = {
    port,
    host,
    publicUrl,
    databaseUrl,
    databasePoolSize: read("DATABASE_POOL_SIZE"),
    masterKey,
    adminKey,
    initialProviders: read("INITIAL_PROVIDERS"),
    appId: read("APP_ID"),
    realm: read("REALM"),
    anonymousUserDays: read("ANONYMOUS_USER_DAYS"),
    auditDays: read("AUDIT_DAYS"),
    recentLoginMinutes: read("RECENT_LOGIN_MINUTES"),
    accessTokenSeconds: read("ACCESS_TOKEN_SECONDS"),
    refreshTokenDays: read("REFRESH_TOKEN_DAYS"),
    signingKeyPublishMinutes: read("SIGNING_KEY_PUBLISH_MINUTES"),
    signingKeyRotationDays: read("SIGNING_KEY_ROTATION_DAYS"),
    tokenAudience: readOptional("TOKEN_AUDIENCE") ?? publicUrl,
    corsOrigins: readOptional("CORS_ORIGINS") ?? (isLoopback ? "localhost" : []),
    trustProxy: read("TRUST_PROXY"),
    limits: read("RATE_LIMITS"),
    emailsTo: smtpUrl ? { smtpUrl } : isDevelopment ? "log" : null,
    emailsFrom: emailsFrom ?? { name: "Passerby", address: "passerby@localhost" },
    mailTemplates: readOptional("MAIL_TEMPLATES"),
    drainSeconds: read("DRAIN_SECONDS"),
    metricsAt: metricsAt && { ...metricsAt, isRequired: isGiven("METRICS_PORT") },
    introspection: read("INTROSPECTION"),
    graphiql: read("GRAPHIQL"),
    console: read("CONSOLE"),
    logLevel: read("LOG_LEVEL"),
  };
  problems.push(...checkParts(settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(settings);
}
