/**
 * Token introspection (RFC 7662). Servers authenticate with a server API key, which permits nothing else than what the
 * key's own user may do. Errors have the format of OAuth.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { toErrorResponse } from "../client-error.ts";
import { type ErrorCode, PasserbyError } from "../errors.ts";
import { introspectToken } from "../identity/revocation/introspection.ts";
import type { Services } from "../services.ts";
import { checkServerKey } from "./server-key.ts";

export const INTROSPECTION_PATH = "/oauth2/introspect";
/** Far larger than an access token. */
const BODY_BYTES = 16_384;
const FORM = "application/x-www-form-urlencoded";

/** RFC 6749 §5.2; other codes are those of the error catalogue, in lower case. */
const oauthErrors: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: "invalid_client",
  BAD_USER_INPUT: "invalid_request",
  REQUEST_TOO_LARGE: "invalid_request",
  SERVICE_UNAVAILABLE: "temporarily_unavailable",
};

export const introspectionRoute =
  (services: Services): FastifyPluginAsync =>
  async (fastify) => {
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser(FORM, { parseAs: "string", bodyLimit: BODY_BYTES }, (_request, body, done) =>
      done(null, new URLSearchParams(String(body))),
    );
    fastify.addHook("onRequest", async (_request, reply) => {
      reply.header("cache-control", "no-store").header("pragma", "no-cache");
    });
    fastify.setErrorHandler(answerError);
    fastify.post(
      INTROSPECTION_PATH,
      // Before the body is read, so that only clients with a key can send one.
      { bodyLimit: BODY_BYTES, onRequest: (request) => requireServer(services, request) },
      (request) => introspectToken(services, readToken(request.body)),
    );
    fastify.route({
      method: ["GET", "PUT", "PATCH", "DELETE"],
      url: INTROSPECTION_PATH,
      handler: (_request, reply) =>
        reply
          .code(405)
          .header("allow", "POST")
          .send({ error: "invalid_request", error_description: `Send it by POST, as ${FORM}.` }),
    });
  };

/** @throws PasserbyError UNAUTHENTICATED, PROVIDER_DISABLED while the provider api-key is disabled, RATE_LIMITED */
async function requireServer(services: Services, request: FastifyRequest): Promise<void> {
  const { authorization } = request.headers;
  // A request without a key is not a guess, and not counted.
  if (!authorization?.trim()) throw missingKey();
  await checkServerKey(services, request.clientInfo, () => readKey(authorization));
}

/** The key as a Bearer token, or as the password of HTTP Basic, whose user name is ignored. */
function readKey(header: string): string {
  const [, scheme = "", value = ""] = /^(Bearer|Basic) +([\w.~+/=-]+) *$/i.exec(header) ?? [];
  const isBasic = scheme.toLowerCase() === "basic";
  const key = isBasic
    ? Buffer.from(value, "base64")
        .toString()
        .replace(/^[^:]*:/, "")
    : value;
  if (!key.startsWith("pbk_")) throw missingKey();
  return key;
}

const missingKey = (): PasserbyError =>
  new PasserbyError("UNAUTHENTICATED", {
    message: "Introspection needs a server API key: `passerby api-key create <name>` makes one.",
  });

/** @throws PasserbyError BAD_USER_INPUT when there is not a token, or more than one */
function readToken(body: unknown): string {
  const tokens = body instanceof URLSearchParams ? body.getAll("token") : [];
  const [token = ""] = tokens;
  if (tokens.length === 1 && token !== "") return token;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `The body needs one \`token\`, as ${FORM}: token=<access token>.`,
  });
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  const response = toErrorResponse(error);
  if (!response) throw error;
  const { status, headers, code, message } = response;
  if (code === "UNAUTHENTICATED") reply.header("www-authenticate", 'Bearer realm="passerby"');
  return reply
    .code(status)
    .headers(headers)
    .send({ error: oauthErrors[code] ?? code.toLowerCase(), error_description: message });
}
