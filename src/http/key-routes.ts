/** The key set (JWKS) and metadata routes; also refreshes the gateway's own copy of the keys before requests that need it. */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { KEY_CACHE_SECONDS } from "../identity/policy.ts";
import type { SigningKeys } from "../identity/tokens/signing-keys.ts";
import { proofAlgorithms } from "../identity/tokens/verify-proof.ts";
import { holdsTag } from "./etag.ts";
import { INTROSPECTION_PATH } from "./introspection.ts";
import { REVOKED_SESSIONS_PATH } from "./revoked-sessions.ts";

/** These answer without keys, and at once even when the database does not. */
const keyless = new Set(["/livez", "/readyz"]);

const cacheable = `public, max-age=${KEY_CACHE_SECONDS}`;

export function addKeyRoutes(
  fastify: FastifyInstance,
  { issuer, signingKeys }: { issuer: string; signingKeys: SigningKeys },
): void {
  // A job reads the keys every few seconds. If it failed or the process was suspended, they are read before the response.
  fastify.addHook("onRequest", (request, _reply, done) => {
    if (signingKeys.isFresh() || keyless.has(request.routeOptions.url ?? "")) return done();
    // A failure is reported where keys are used: `current` throws once they are too old.
    signingKeys.refresh().then(
      () => done(),
      () => done(),
    );
  });

  fastify.get("/.well-known/jwks.json", async (request, reply) => {
    const body = JSON.stringify(signingKeys.jwks());
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    reply
      .header("cache-control", signingKeys.isFresh() ? cacheable : "no-store")
      .header("etag", etag)
      .type("application/jwk-set+json");
    return holdsTag(request.headers["if-none-match"], etag) ? reply.code(304).send() : reply.send(body);
  });

  // OpenID Connect Discovery 1.0 §3, the part that token verifiers read.
  fastify.get("/.well-known/openid-configuration", async (_request, reply) =>
    reply.header("cache-control", cacheable).send({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ["token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      claims_supported: ["iss", "sub", "aud", "iat", "exp", "sid", "is_anonymous", "amr", "auth_time", "cnf"],
      // RFC 9449 §5.1.
      dpop_signing_alg_values_supported: proofAlgorithms,
      // RFC 8414 §2.
      introspection_endpoint: `${issuer}${INTROSPECTION_PATH}`,
      introspection_endpoint_auth_methods_supported: ["Bearer", "client_secret_basic"],
      revoked_sessions_uri: `${issuer}${REVOKED_SESSIONS_PATH}`,
    }),
  );
}
