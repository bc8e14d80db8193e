/** Reads the environment once, and checks all of it. Each setting is a row of table.ts. */
import type { LimitPolicy } from "../rate-limits/limits.ts";
import { parseUrl } from "../text/parse-url.ts";
import { isLocalUrl, isLoopbackHost, type ListenAddress } from "./endpoints.ts";
import { settingsTable } from "./table.ts";
import type { EmailSender } from "./values.ts";

type Table = typeof settingsTable;
type Parsed<K extends keyof Table> = ReturnType<Table[K]["parse"]>;

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  /** null: read from the file beside the SQLite database, or generated there. */
  readonly masterKey: string | null;
  readonly adminKey: string | null;
  readonly initialProviders: readonly string[];
  readonly appId: string;
  /** Whether the Realm SDK's protocol is served. */
  readonly realm: boolean;
  readonly anonymousUserDays: number;
  /** 0: no notice. */
  readonly expiryNoticeDays: number;
  readonly eventDays: number;
  readonly webhookPrivateAddresses: Parsed<"WEBHOOK_PRIVATE_ADDRESSES">;
  readonly auditDays: number;
  readonly recentLoginMinutes: number;
  readonly accessTokenSeconds: number;
  readonly refreshTokenDays: number;
  readonly signingKeyPublishMinutes: number;
  /** null: no automatic rotation. */
  readonly signingKeyRotationDays: number | null;
  readonly tokenAudience: string;
  /** `localhost`: all pages on this machine. */
  readonly corsOrigins: readonly string[] | "localhost";
  readonly sessionCookies: boolean;
  /** null: the host of `publicUrl` alone. */
  readonly cookieDomain: string | null;
  readonly dpopRouterUrls: readonly string[];
  readonly requireDpop: Parsed<"REQUIRE_DPOP">;
  readonly trustProxy: false | number | readonly string[];
  readonly limits: LimitPolicy;
  readonly guestProofOfWork: Parsed<"GUEST_PROOF_OF_WORK">;
  /** Where emails go: to a mail server, to the log, or nowhere (null). */
  readonly emailsTo: { readonly smtpUrl: string } | "log" | null;
  readonly emailsFrom: EmailSender;
  /** null: built-in templates only. */
  readonly mailTemplates: string | null;
  readonly drainSeconds: number;
  /** null: not served. `isRequired`: it was set, so a port in use is an error. */
  readonly metricsAt: (ListenAddress & { readonly isRequired: boolean }) | null;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly console: boolean;
  readonly logLevel: Parsed<"LOG_LEVEL">;
}

/** All problems of the environment, one line each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  constructor(readonly problems: readonly string[]) {
    super(`The settings are invalid:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

/** Settings that are checked by the parts that use them. */
export type PartSettings = Pick<Settings, "initialProviders" | "mailTemplates">;

/**
 * Reads the environment. An empty variable counts as not set.
 * @param checkParts returns the problems of these settings, which are reported with all others
 * @throws SettingsError naming every problem at once
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  checkParts: (settings: PartSettings) => readonly string[] = () => [],
): Settings {
  const problems: string[] = [];
  const isSet = (name: keyof Table): boolean => Boolean(environment[name]?.trim());
  const read = <K extends keyof Table>(name: K): Parsed<K> => {
    const given = environment[name]?.trim() || settingsTable[name].fallback;
    try {
      return settingsTable[name].parse(given) as Parsed<K>;
    } catch (error) {
      // Shells and .env files remove quotes; `docker run --env-file` and systemd do not.
      const hint = /^(["']).*\1$/.test(given) ? ". Remove the quotes around the value" : "";
      problems.push(`${name} ${(error as Error).message}${hint}`);
      return undefined as Parsed<K>;
    }
  };
  const readOptional = <K extends keyof Table>(name: K): Parsed<K> | null =>
    isSet(name) ? read(name) : null;

  const port = read("PORT");
  const host = read("HOST");
  const databaseUrl = read("DATABASE_URL");
  // An invalid HOST is one problem, not another one for PUBLIC_URL.
  const isLoopback = host === undefined || isLoopbackHost(host);
  if (!isLoopback && !isSet("PUBLIC_URL")) {
    problems.push(
      `PUBLIC_URL must be set with HOST=${host}: the URL at which clients reach this gateway, such as https://id.example.com. It is in every access token, so a later change makes those issued before invalid`,
    );
  }
  const publicUrl = readOptional("PUBLIC_URL") ?? `http://localhost:${port}`;
  const metricsAt = read("METRICS_PORT");
  if (isSet("METRICS_PORT") && port !== undefined && port !== 0 && metricsAt?.port === port) {
    problems.push(`METRICS_PORT must differ from PORT (${port})`);
  }
  const isPostgres = databaseUrl?.startsWith("postgres") ?? false;
  const masterKey = readOptional("MASTER_KEY");
  const adminKey = readOptional("ADMIN_KEY");

  for (const name of ["MASTER_KEY", "ADMIN_KEY"] as const) {
    if (isPostgres && !isSet(name)) {
      problems.push(`${name} must be set on PostgreSQL; generate one with \`openssl rand -hex 32\``);
    }
  }
  const smtpUrl = readOptional("SMTP_URL");
  const emailsFrom = readOptional("MAIL_FROM");
  if (isSet("SMTP_URL") && !isSet("MAIL_FROM")) {
    problems.push("MAIL_FROM must be set with SMTP_URL, such as Example <no-reply@example.com>");
  }
  // A gateway behind a proxy also listens on loopback, with another PUBLIC_URL: its log must not contain login links.
  const isDevelopment = isLoopback && isLocalUrl(publicUrl);
  if (masterKey && masterKey === adminKey) {
    problems.push("ADMIN_KEY must differ from MASTER_KEY, because it is sent in requests");
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
    expiryNoticeDays: read("EXPIRY_NOTICE_DAYS"),
    eventDays: read("EVENT_DAYS"),
    webhookPrivateAddresses: read("WEBHOOK_PRIVATE_ADDRESSES"),
    auditDays: read("AUDIT_DAYS"),
    recentLoginMinutes: read("RECENT_LOGIN_MINUTES"),
    accessTokenSeconds: read("ACCESS_TOKEN_SECONDS"),
    refreshTokenDays: read("REFRESH_TOKEN_DAYS"),
    signingKeyPublishMinutes: read("SIGNING_KEY_PUBLISH_MINUTES"),
    signingKeyRotationDays: read("SIGNING_KEY_ROTATION_DAYS"),
    tokenAudience: readOptional("TOKEN_AUDIENCE") ?? publicUrl,
    corsOrigins: readOptional("CORS_ORIGINS") ?? (isLoopback ? "localhost" : []),
    sessionCookies: read("SESSION_COOKIES"),
    cookieDomain: readOptional("COOKIE_DOMAIN"),
    dpopRouterUrls: read("DPOP_ROUTER_URLS"),
    requireDpop: read("REQUIRE_DPOP"),
    trustProxy: read("TRUST_PROXY"),
    limits: read("RATE_LIMITS"),
    guestProofOfWork: read("GUEST_PROOF_OF_WORK"),
    emailsTo: smtpUrl ? { smtpUrl } : isDevelopment ? "log" : null,
    emailsFrom: emailsFrom ?? { name: "Passerby", address: "passerby@localhost" },
    mailTemplates: readOptional("MAIL_TEMPLATES"),
    drainSeconds: read("DRAIN_SECONDS"),
    metricsAt: metricsAt && { ...metricsAt, isRequired: isSet("METRICS_PORT") },
    introspection: read("INTROSPECTION"),
    graphiql: read("GRAPHIQL"),
    console: read("CONSOLE"),
    logLevel: read("LOG_LEVEL"),
  };
  problems.push(...cookieProblems(settings), ...checkParts(settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(settings);
}

/** What would let other pages or the network use the sessions of visitors. */
function cookieProblems({ sessionCookies, cookieDomain, corsOrigins, publicUrl }: Settings): string[] {
  const host = parseUrl(publicUrl)?.hostname ?? "";
  const checks: [boolean, string][] = [
    [
      !sessionCookies && Boolean(cookieDomain),
      "COOKIE_DOMAIN has no effect without SESSION_COOKIES=on: set that, or remove COOKIE_DOMAIN",
    ],
    [
      sessionCookies && corsOrigins?.includes("*"),
      "CORS_ORIGINS must list your pages' origins with SESSION_COOKIES=on: with * every website could act as its visitors",
    ],
    [
      sessionCookies && !publicUrl.startsWith("https:") && !isLocalUrl(publicUrl),
      `PUBLIC_URL must begin with https:// with SESSION_COOKIES=on: everyone on the network could read the cookies of ${publicUrl}`,
    ],
    [
      Boolean(cookieDomain) && host !== cookieDomain && !host.endsWith(`.${cookieDomain}`),
      `COOKIE_DOMAIN must be ${host} or a domain above it, because browsers reject a cookie of ${cookieDomain} from there`,
    ],
  ];
  return checks.flatMap(([isProblem, problem]) => (isProblem ? [problem] : []));
}
