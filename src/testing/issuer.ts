/** A test issuer for subgraphs: keys, tokens, revocation list and introspection over HTTP, without a database. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { decodeJwt } from "jose";
import type { AccessTokenClaims } from "../subgraph/claims.ts";
import { createKey, signEs256, type TestKey } from "./signing.ts";

/** The settings of a verifier for this issuer. */
export interface IssuerSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly revokedSessionsUrl: string;
  readonly introspectionUrl: string;
  /** The Bearer token for introspection. */
  readonly serviceKey: string;
}

export interface TestIssuer extends IssuerSettings {
  /** A valid token of a new permanent user, with other claims if given. */
  issueToken(claims?: Partial<AccessTokenClaims>): string;
  /** The claims that `issueToken` would sign. */
  createClaims(claims?: Partial<AccessTokenClaims>): AccessTokenClaims;
  /** A refresh token, which only the gateway accepts. */
  issueRefreshToken(): string;
  /** The current signing key. */
  readonly key: TestKey;
  /** Publishes the next key; it signs after `rotateKey`. */
  publishNextKey(): void;
  /** Signs with the next key. The previous one stays published. */
  rotateKey(): void;
  /** Publishes the current signing key only. */
  retireKeys(): void;
  /** Ends the session with this id (`sid`), as a logout, a deletion or a merge does. */
  revokeSession(sessionId: string): void;
  /**
   * Ends all sessions of a user that started before a time (`auth_time`), with one entry of the list. For verifiers that do
   * not know such entries, the list is marked as incomplete.
   */
  revokeSessionsOf(userId: string, before: Date): void;
  /** The signed revocation list. */
  signRevokedSessions(): string;
  stop(): Promise<void>;
}

const ACCESS_TOKEN_SECONDS = 1_800;
const LIST_SECONDS = 300;
const hashOf = (id: string): string => createHash("sha256").update(id).digest("base64url").slice(0, 11);

/**
 * Starts an issuer on a free port of this machine.
 * @param options.audience `aud` of its tokens. Default: the issuer's URL
 */
export async function startTestIssuer(
  options: { audience?: string; clock?: () => Date } = {},
): Promise<TestIssuer> {
  const now = options.clock ?? (() => new Date());
  const seconds = (): number => Math.floor(+now() / 1_000);
  const serviceKey = `pbk_${randomBytes(32).toString("base64url")}`;
  const revoked = new Set<string>();
  const revokedUsers = new Map<string, number>();
  let key = createKey();
  let published = [key];

  const signRevokedSessions = (): string =>
    signEs256(
      key,
      {
        iss: issuer,
        iat: seconds(),
        exp: seconds() + LIST_SECONDS,
        complete: revokedUsers.size === 0,
        sessions: [...revoked].map(hashOf),
        ...(revokedUsers.size > 0 && {
          completeWithUsers: true,
          users: [...revokedUsers].map(([id, before]) => [hashOf(id), before]),
        }),
      },
      { typ: "revoked-sessions+jwt" },
    );

  const introspect = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers.authorization !== `Bearer ${serviceKey}`) {
      return send(response, 401, { error: "invalid_client" });
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const token = new URLSearchParams(body).get("token");
    if (!token) return send(response, 400, { error: "invalid_request" });
    const claims = issued.has(token) ? decodeJwt(token) : null;
    const isRevoked =
      revoked.has(String(claims?.sid)) ||
      Number(claims?.auth_time) < (revokedUsers.get(String(claims?.sub)) ?? 0);
    const isActive = claims !== null && Number(claims.exp) > seconds() && !isRevoked;
    return send(
      response,
      200,
      isActive ? { active: true, token_type: claims.cnf ? "DPoP" : "Bearer", ...claims } : { active: false },
    );
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(String(request.url), issuer);
    if (pathname === "/.well-known/jwks.json") {
      return send(response, 200, { keys: published.map(({ publicJwk }) => publicJwk) });
    }
    if (pathname === "/.well-known/openid-configuration") return send(response, 200, metadataOf(issuer));
    if (pathname === "/.well-known/revoked-sessions") {
      response.setHeader("content-type", "application/revoked-sessions+jwt");
      response.setHeader("cache-control", "public, max-age=0");
      return response.end(signRevokedSessions());
    }
    if (pathname === "/oauth2/introspect") return introspect(request, response);
    return send(response, 404, { error: "not_found" });
  });
  const port = await listen(server);
  const issuer = `http://127.0.0.1:${port}`;
  const audience = options.audience ?? issuer;
  const issued = new Set<string>();
  let next: TestKey | null = null;

  const publishNextKey = (): TestKey => {
    next = createKey();
    published = [...published, next];
    return next;
  };

  const createClaims = (claims: Partial<AccessTokenClaims> = {}): AccessTokenClaims => ({
    iss: issuer,
    sub: randomUUID(),
    aud: audience,
    iat: seconds(),
    exp: seconds() + ACCESS_TOKEN_SECONDS,
    sid: randomUUID(),
    is_anonymous: false,
    amr: [claims.is_anonymous ? "anon-user" : "local-userpass"],
    auth_time: seconds(),
    ...claims,
  });

  return {
    issuer,
    audience,
    serviceKey,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    revokedSessionsUrl: `${issuer}/.well-known/revoked-sessions`,
    introspectionUrl: `${issuer}/oauth2/introspect`,
    get key() {
      return key;
    },
    createClaims,
    issueToken(claims) {
      const token = signEs256(key, createClaims(claims));
      issued.add(token);
      return token;
    },
    issueRefreshToken: () => `pbr_${randomBytes(52).toString("base64url")}`,
    publishNextKey: () => void publishNextKey(),
    rotateKey() {
      key = next ?? publishNextKey();
      next = null;
    },
    retireKeys() {
      published = [key];
    },
    revokeSession: (sessionId) => void revoked.add(sessionId),
    revokeSessionsOf: (userId, before) => void revokedUsers.set(userId, Math.floor(+before / 1_000)),
    signRevokedSessions,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** As the metadata of the gateway. */
const metadataOf = (issuer: string): object => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  response_types_supported: ["token"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["ES256"],
  claims_supported: ["iss", "sub", "aud", "iat", "exp", "sid", "is_anonymous", "amr", "auth_time", "cnf"],
  dpop_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
  introspection_endpoint: `${issuer}/oauth2/introspect`,
  introspection_endpoint_auth_methods_supported: ["Bearer"],
  revoked_sessions_uri: `${issuer}/.well-known/revoked-sessions`,
});

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
}
