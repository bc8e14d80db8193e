import type { Fetch } from "./fetch.ts";

/** How tokens are verified. Only `issuer` must be said. */
export interface VerifierOptions {
  /** `PUBLIC_URL` of the gateway, as it says it there. */
  readonly issuer: string;
  /** `TOKEN_AUDIENCE` of the gateway. Absent: the issuer, as in the gateway. */
  readonly audience?: string;
  /** Where this server reaches the gateway, if not at the issuer's address. */
  readonly gatewayUrl?: string;
  /** Where the gateway's keys are. Absent: `/.well-known/jwks.json` of the gateway. */
  readonly jwksUrl?: string;
  /** How far this server's clock may be off, 0 to 60. Absent: 5. */
  readonly clockSkewSeconds?: number;
  /**
   * Whether sessions that ended before their tokens are noticed.
   * `none` (when absent): a token is good until it expires, 30 minutes at most.
   * `list`: the gateway's list of ended sessions is read every 30 seconds.
   * `introspection`: the gateway is asked about every token; needs `serviceKey`.
   */
  readonly revocation?: "none" | "list" | "introspection";
  /** A server API key (`pbk_…`). With `list` it is for the rare moment when the list is too long to be complete. */
  readonly serviceKey?: string;
  /** What becomes of a genuine token whose revocation cannot be looked up. Absent: `refuse`. */
  readonly ifRevocationUnknown?: "refuse" | "accept";
  /** For tests. */
  readonly clock?: () => Date;
  /** For tests, proxies and certificates of your own. */
  readonly fetch?: Fetch;
}

export interface ResolvedOptions extends Required<Omit<VerifierOptions, "serviceKey" | "clock">> {
  readonly serviceKey: string | null;
  readonly now: () => Date;
  readonly revokedSessionsUrl: string;
  readonly introspectionUrl: string;
}

const DEFAULT_SKEW_SECONDS = 5;
/** Keys and lists of the gateway reach as far. */
const MAX_SKEW_SECONDS = 60;

/** @throws TypeError when the options cannot work; it says which one and why */
export function resolveOptions(options: VerifierOptions): ResolvedOptions {
  const { issuer, clockSkewSeconds = DEFAULT_SKEW_SECONDS, revocation = "none", serviceKey } = options;
  requireUrl("issuer", issuer);
  const gatewayUrl = (options.gatewayUrl ?? issuer).replace(/\/$/, "");
  const jwksUrl = options.jwksUrl ?? `${gatewayUrl}/.well-known/jwks.json`;
  requireUrl("gatewayUrl", gatewayUrl);
  requireUrl("jwksUrl", jwksUrl);
  if (!(clockSkewSeconds >= 0 && clockSkewSeconds <= MAX_SKEW_SECONDS)) {
    throw new TypeError(`clockSkewSeconds must be 0 to ${MAX_SKEW_SECONDS}.`);
  }
  if (!["none", "list", "introspection"].includes(revocation)) {
    throw new TypeError('revocation must be "none", "list" or "introspection".');
  }
  if (revocation === "introspection" && !serviceKey) {
    throw new TypeError("Introspection needs serviceKey: `passerby api-key create <name>` makes one.");
  }
  return {
    issuer,
    audience: options.audience ?? issuer,
    gatewayUrl,
    jwksUrl,
    clockSkewSeconds,
    revocation,
    serviceKey: serviceKey ?? null,
    ifRevocationUnknown: options.ifRevocationUnknown ?? "refuse",
    now: options.clock ?? (() => new Date()),
    fetch: options.fetch ?? globalThis.fetch,
    revokedSessionsUrl: `${gatewayUrl}/.well-known/revoked-sessions`,
    introspectionUrl: `${gatewayUrl}/oauth2/introspect`,
  };
}

function requireUrl(name: string, value: unknown): void {
  if (typeof value === "string" && /^https?:/.test(value) && isUrl(value)) return;
  throw new TypeError(`${name} must be the gateway's http or https address, such as https://id.example.com.`);
}

/** `URL.canParse` says no to letters of Latin-1 in Node 20 once V8 has optimised the call. */
function isUrl(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}
