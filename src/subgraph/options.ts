import type { Fetch } from "./fetch.ts";

/** How tokens are verified. Only `issuer` is required. */
export interface VerifierOptions {
  /** `PUBLIC_URL` of the gateway, exactly as it is set there. */
  readonly issuer: string;
  /** `TOKEN_AUDIENCE` of the gateway. Default: the issuer, as in the gateway. */
  readonly audience?: string;
  /** The URL at which this server reaches the gateway. Default: the issuer. */
  readonly gatewayUrl?: string;
  /** The URL of the gateway's keys. Default: `/.well-known/jwks.json` of the gateway. */
  readonly jwksUrl?: string;
  /** The tolerated clock skew, 0 to 60 seconds. Default: 5. */
  readonly clockSkewSeconds?: number;
  /**
   * Whether tokens of ended sessions are rejected before they expire.
   * `none` (default): a token is valid until it expires, 30 minutes with the gateway's default.
   * `list`: the gateway's revocation list is read every 30 seconds.
   * `introspection`: the gateway is asked about every token; requires `serviceKey`.
   */
  readonly revocation?: "none" | "list" | "introspection";
  /** A server API key (`pbk_…`). With `list` it is used only while the list is incomplete, because it is too long. */
  readonly serviceKey?: string;
  /** Whether a genuine token is accepted when revocation cannot be checked. Default: `reject`. */
  readonly ifRevocationUnknown?: "reject" | "accept";
  /**
   * The URL at which clients send requests to this server, for tokens that are bound to a key: `htu` of their proofs. Behind a
   * router, the router's. Default: the path of each request, at the host that its `Host` header says, which clients choose.
   */
  readonly resourceUrl?: string;
  /** Whether a proof is accepted again. Default: `reject`. `accept` behind a router, which may send one several times. */
  readonly reusedProofs?: "reject" | "accept";
  /** For tests. */
  readonly clock?: () => Date;
  /** For tests, proxies and private certificate authorities. */
  readonly fetch?: Fetch;
}

export interface ResolvedOptions
  extends Required<Omit<VerifierOptions, "serviceKey" | "clock" | "resourceUrl">> {
  readonly serviceKey: string | null;
  readonly resourceUrl: string | null;
  readonly now: () => Date;
  readonly revokedSessionsUrl: string;
  readonly introspectionUrl: string;
}

const DEFAULT_SKEW_SECONDS = 5;
/** The gateway publishes keys and lists with this tolerance. */
const MAX_SKEW_SECONDS = 60;

/** @throws TypeError naming the invalid option */
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
    throw new TypeError(
      "revocation: introspection requires serviceKey. Create one with `passerby api-key create <name>`.",
    );
  }
  if (options.resourceUrl !== undefined) requireUrl("resourceUrl", options.resourceUrl, "this server");
  return {
    issuer,
    audience: options.audience ?? issuer,
    gatewayUrl,
    jwksUrl,
    clockSkewSeconds,
    revocation,
    serviceKey: serviceKey ?? null,
    resourceUrl: options.resourceUrl ?? null,
    reusedProofs: options.reusedProofs ?? "reject",
    ifRevocationUnknown: options.ifRevocationUnknown ?? "reject",
    now: options.clock ?? (() => new Date()),
    fetch: options.fetch ?? globalThis.fetch,
    revokedSessionsUrl: `${gatewayUrl}/.well-known/revoked-sessions`,
    introspectionUrl: `${gatewayUrl}/oauth2/introspect`,
  };
}

function requireUrl(name: string, value: unknown, of = "the gateway"): void {
  if (typeof value === "string" && /^https?:/.test(value) && isUrl(value)) return;
  throw new TypeError(`${name} must be an http or https URL of ${of}, such as https://id.example.com.`);
}

/** In Node 20 `URL.canParse` returns false for letters of Latin-1 once V8 has optimised the call. */
function isUrl(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}
