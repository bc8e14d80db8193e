/** Every setting. `docs/configuration.md` and `.env.example` are generated from this table. */
import { z } from "zod";
import { parseDatabaseUrl } from "../database/database-url.ts";
import { defaultLimits, formatLimits, parseLimits } from "../rate-limits/limits.ts";
import { parseHost, parseMetricsPort, parsePublicUrl } from "./endpoints.ts";
import {
  onOff,
  parseAdminKey,
  parseAppId,
  parseCookieDomain,
  parseOrigins,
  parsePrivateAddresses,
  parseRotationDays,
  parseRouterUrls,
  parseSecret,
  parseSender,
  parseSmtpUrl,
  parseTrustProxy,
  parseWith,
  splitList,
  text,
  wholeNumber,
} from "./values.ts";

/** How a variable is read, and what an operator needs to know about it. */
export interface SettingRow<T> {
  /** @throws Error saying what is accepted */
  readonly parse: (text: string) => T;
  /** The default, as the variable would have it; "" when there is none. */
  readonly fallback: string;
  readonly description: string;
  readonly secret?: boolean;
}

/** In the order of the documentation. */
export const settingsTable = {
  PORT: {
    parse: wholeNumber(0, 65_535, "a port"),
    fallback: "4000",
    description:
      "The port to listen on. With `0` the system chooses a free port, which is printed at startup.",
  },
  HOST: {
    parse: parseHost,
    fallback: "127.0.0.1",
    description:
      "The address to listen on. The default accepts connections from this machine only. `0.0.0.0` accepts them from the network and requires `PUBLIC_URL`.",
  },
  PUBLIC_URL: {
    parse: parsePublicUrl,
    fallback: "",
    description:
      "The URL at which clients and subgraphs reach the gateway. It is the `iss` claim of access tokens: after a change, tokens issued before are invalid. It may have a path; a reverse proxy may strip it or not. Required unless `HOST` is a loopback address, where the default is `http://localhost:<PORT>`.",
  },
  DATABASE_URL: {
    parse: parseDatabaseUrl,
    fallback: "sqlite:data/passerby.sqlite",
    description:
      "`sqlite:<file>`, `sqlite::memory:` (a temporary database, deleted at exit) or `postgres://user:password@host:port/database`. Percent-encode special characters in user name and password (`@` is `%40`, `%` is `%25`). `?sslmode=require` encrypts and verifies the certificate; see `docs/operating.md`.",
    secret: true,
  },
  DATABASE_POOL_SIZE: {
    parse: wholeNumber(2, 200, "connections"),
    fallback: "10",
    description: "PostgreSQL only: the maximum number of connections of this process.",
  },
  MASTER_KEY: {
    parse: parseSecret,
    fallback: "",
    description:
      "Encrypts private signing keys and secret provider settings in the database; at least 32 characters. Required on PostgreSQL. On SQLite it is generated at the first start and stored in `<database file>.master-key` with mode 0600. Keep a backup: without it no gateway can start on the database.",
    secret: true,
  },
  ADMIN_KEY: {
    parse: parseAdminKey,
    fallback: "",
    description:
      "The first admin key, for the admin graph and the console; at least 32 characters. Required on PostgreSQL. On SQLite it is generated at the first start, stored in `<database file>.admin-key` with mode 0600, and printed once if standard error is a terminal. Create more with `passerby admin-key create`.",
    secret: true,
  },
  INITIAL_PROVIDERS: {
    parse: splitList,
    fallback: "anon-user",
    description:
      "The providers that the first deployment enables, comma-separated. It has no effect afterwards.",
  },
  APP_ID: {
    parse: parseAppId,
    fallback: "passerby",
    description:
      "The app id that Realm SDK clients send: that of your App Services app, such as `myapp-abcde`. See `docs/realm-compatibility.md`.",
  },
  REALM: {
    parse: onOff,
    fallback: "on",
    description: "Whether the client protocol of the Realm SDK is served under `/api/client/v2.0`.",
  },
  ANONYMOUS_USER_DAYS: {
    parse: wholeNumber(1, 36_500, "days"),
    fallback: "90",
    description:
      "The age, counted from creation, at which an anonymous user expires and is deleted. Permanent users never expire.",
  },
  EXPIRY_NOTICE_DAYS: {
    parse: wholeNumber(0, 36_500, "days"),
    fallback: "7",
    description:
      "How long before an anonymous user expires subscribers receive `user.expiring`, once. With `0` they do not.",
  },
  EVENT_DAYS: {
    parse: wholeNumber(1, 36_500, "days"),
    fallback: "30",
    description:
      "How long events for subscribers are stored. Their deliveries are deleted with them: below `4`, some before they were attempted for three days.",
  },
  WEBHOOK_PRIVATE_ADDRESSES: {
    parse: parsePrivateAddresses,
    fallback: "off",
    description:
      "Whether webhook endpoints may have private addresses (SSRF): `off`, `on` for all, or the networks that they may be in, comma-separated: `10.1.0.0/16`, `fd00::/8`, `loopback`, `linklocal`, `uniquelocal`. It applies to the addresses that names resolve to.",
  },
  AUDIT_DAYS: {
    parse: wholeNumber(1, 36_500, "days"),
    fallback: "400",
    description: "How long audit events and purge receipts are stored; see `docs/audit.md`.",
  },
  RECENT_LOGIN_MINUTES: {
    parse: wholeNumber(1, 525_600, "minutes"),
    fallback: "15",
    description:
      "The maximum age of a login for sensitive operations: linking another identity, unlinking, changing the password, creating API keys and deleting the user. After it they fail with `REAUTHENTICATION_REQUIRED`. Anonymous users, who have no credentials, are exempt.",
  },
  ACCESS_TOKEN_SECONDS: {
    parse: wholeNumber(60, 86_400, "seconds"),
    fallback: "1800",
    description:
      "The lifetime of access tokens. Subgraphs that do not check revocation accept a token until then, even after a logout.",
  },
  REFRESH_TOKEN_DAYS: {
    parse: wholeNumber(1, 3_650, "days"),
    fallback: "60",
    description:
      "A session expires this long after its last refresh; that of an anonymous user with the user.",
  },
  SIGNING_KEY_PUBLISH_MINUTES: {
    parse: wholeNumber(10, 1_440, "minutes"),
    fallback: "10",
    description:
      "How long a new signing key is in the JWKS before it signs, plus one minute for clock skew. Verifiers cache the JWKS for ten minutes; raise it if one, or a proxy, caches for longer.",
  },
  SIGNING_KEY_ROTATION_DAYS: {
    parse: parseRotationDays,
    fallback: "90",
    description: "How often signing keys rotate. With `off`, rotate with `passerby rotate-key`.",
  },
  TOKEN_AUDIENCE: {
    parse: text,
    fallback: "",
    description: "The `aud` claim of access tokens. Default: the value of `PUBLIC_URL`.",
  },
  CORS_ORIGINS: {
    parse: parseOrigins,
    fallback: "",
    description:
      "The web origins that may call the gateway from a browser (CORS), comma-separated: `https://app.example.com`; `https://*.example.com`, where `*` is exactly one label; apps and extensions such as `capacitor://localhost`; or `*` for all. Default: pages on localhost if `HOST` is a loopback address, otherwise none.",
  },
  SESSION_COOKIES: {
    parse: onOff,
    fallback: "off",
    description:
      "Whether browsers may have their refresh token in an `HttpOnly` cookie, which scripts cannot read: requests ask for it with the header `Passerby-Session: cookie`. Needs an https `PUBLIC_URL`, except on localhost, and `CORS_ORIGINS` without `*`. See `docs/browser-sessions.md`.",
  },
  COOKIE_DOMAIN: {
    parse: parseCookieDomain,
    fallback: "",
    description:
      "The domain of the session cookie: that of `PUBLIC_URL` or one above it, such as `example.com`. Needed only if servers or pages on other subdomains must receive the cookie; each of them can then replace it. Default: the host of `PUBLIC_URL` alone. A change signs browsers out.",
  },
  REQUIRE_DPOP: {
    parse: parseWith(z.enum(["off", "anonymous", "all"]), "must be off, anonymous or all"),
    fallback: "off",
    description:
      "Which logins must prove a key of the client (DPoP), to which the session is then bound: `off` (none; clients may), `anonymous` (guests) or `all`. Realm SDKs and GraphiQL cannot. Existing sessions continue. See `docs/browser-sessions.md`.",
  },
  DPOP_ROUTER_URLS: {
    parse: parseRouterUrls,
    fallback: "",
    description:
      "The URLs at which a router gets requests that it forwards to the gateway, comma-separated: `https://api.example.com/graphql`. Proofs (DPoP) for them are accepted too, and more than once, because a router may send the proof of a request several times.",
  },
  TRUST_PROXY: {
    parse: parseTrustProxy,
    fallback: "off",
    description:
      "The proxies whose `X-Forwarded-For` is trusted: `off`, the number of proxies in front (1 to 10), or their addresses and networks, comma-separated: `10.0.0.0/8`, `2001:db8::7`, `loopback`, `linklocal`, `uniquelocal`. See `docs/limits.md`.",
  },
  RATE_LIMITS: {
    parse: parseLimits,
    fallback: formatLimits(defaultLimits),
    description:
      "Rate limits: `<limit>=<count>/<seconds>` or `<limit>=off`, comma-separated; limits that are not listed keep their default. `off` disables all, for load tests. Each gateway process counts separately. `docs/limits.md` describes each limit.",
  },
  GUEST_PROOF_OF_WORK: {
    parse: parseWith(z.enum(["off", "auto", "always"]), "must be off, auto or always"),
    fallback: "auto",
    description:
      "Whether anonymous logins need a proof of work, which costs a client some of its processor's time: `off`, `always`, or `auto`, while a network or all clients together create guests faster than usual, and more work the faster they do. `RATE_LIMITS` has no effect on it. See `docs/limits.md`.",
  },
  SMTP_URL: {
    parse: parseSmtpUrl,
    fallback: "",
    description:
      "The mail server: `smtps://user:password@host:465` or `smtp://user:password@host:587`, with special characters percent-encoded. TLS is required unless the server is on this machine; `?starttls=off` disables it. See `docs/emails.md`, also for a gateway without one.",
    secret: true,
  },
  MAIL_FROM: {
    parse: parseSender,
    fallback: "",
    description:
      "The sender of emails: `no-reply@example.com` or `Example <no-reply@example.com>`. Required with SMTP_URL.",
  },
  MAIL_TEMPLATES: {
    parse: text,
    fallback: "",
    description: "A folder with your own email templates; see `docs/emails.md`.",
  },
  DRAIN_SECONDS: {
    parse: wholeNumber(0, 3_600, "seconds"),
    fallback: "5",
    description:
      "How long requests are still served after SIGTERM, while `/readyz` returns 503; see `docs/operating.md`.",
  },
  METRICS_PORT: {
    parse: parseMetricsPort,
    fallback: "127.0.0.1:9464",
    description:
      "The port for Prometheus metrics at `/metrics`: a port of 127.0.0.1, `host:port`, or `off`. If the default port is in use, the gateway starts without metrics; a port that you set must be free.",
  },
  INTROSPECTION: {
    parse: onOff,
    fallback: "on",
    description: "Whether clients may query the schema of the graphs (GraphQL introspection).",
  },
  GRAPHIQL: {
    parse: onOff,
    fallback: "on",
    description:
      "Whether the GraphiQL explorer is served at `/graphiql`. It shows documentation and completion only with `INTROSPECTION=on`.",
  },
  CONSOLE: {
    parse: onOff,
    fallback: "on",
    description: "Whether the operators' console is served at `/console`.",
  },
  LOG_LEVEL: {
    parse: parseWith(
      z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
      "must be fatal, error, warn, info, debug, trace or silent",
    ),
    fallback: "info",
    description:
      "The lowest level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. The log is JSON lines on standard output.",
  },
} satisfies Record<string, SettingRow<unknown>>;
