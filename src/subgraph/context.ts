/** The caller of a request, for the context of a GraphQL server. Works with requests of any framework. */
import { AccessTokenError } from "./access-token-error.ts";
import type { AccessTokenClaims } from "./claims.ts";
import { createGraphError, type GraphQLErrorClass } from "./graph-error.ts";
import { resolveOptions, type VerifierOptions } from "./options.ts";
import type { Log } from "./quiet-log.ts";
import { createRejectionLog } from "./rejection-log.ts";
import { type Request, type RequestSource, readHeader, requestOf, tokenRequestOf } from "./request-source.ts";
import { createVerifier } from "./verifier.ts";

export interface Caller {
  /** The user's id: `User.id` in the graph. */
  readonly id: string;
  readonly isAnonymous: boolean;
  readonly sessionId: string;
  readonly claims: AccessTokenClaims;
}

export interface PasserbyContext {
  /** null when the request has no Authorization header, or one without a token. */
  readonly caller: Caller | null;
}

export interface ContextOptions extends VerifierOptions {
  /**
   * The `GraphQLError` class of your server's `graphql` package. Yoga masks errors of other classes; Apollo Server adds a
   * prefix to their messages.
   */
  readonly GraphQLError?: GraphQLErrorClass;
  /**
   * Logs why a token was rejected, each reason once a minute; not for tokens that expired or whose session ended.
   * Default: `console.warn`. null: no log.
   */
  readonly log?: Log | null;
}

/** The key of the error class in a context. It is copied when the context is spread into another object. */
export const ERROR_CLASS = Symbol.for("passerby.GraphQLError");

/**
 * A context function for Apollo Server, its Fastify integration, Yoga and Fastify itself.
 * @throws TypeError when the options are invalid. The returned function throws UNAUTHENTICATED with HTTP 401 for an
 *   Authorization header without a valid token, SERVICE_UNAVAILABLE with 503 when the token cannot be verified
 */
export function passerbyContext(
  options: ContextOptions,
): (source: RequestSource, ...rest: unknown[]) => Promise<PasserbyContext> {
  const { GraphQLError: errorClass, log = console.warn, ...verifierOptions } = options;
  const verify = createVerifier(verifierOptions);
  const { issuer, audience, now } = resolveOptions(verifierOptions);
  const logRejection = log && createRejectionLog({ issuer, audience, log }, now);
  return async (source) => {
    const request = requestOf(source);
    const authorization = readHeader(request, "authorization");
    // Clients without a token may send a blank header, or the scheme alone.
    const isBlank = authorization === null || /^\s*((Bearer|DPoP)\s*)?$/i.test(authorization);
    const caller = isBlank ? null : await readCaller(request, authorization);
    return Object.assign({ caller }, errorClass && { [ERROR_CLASS]: errorClass });
  };

  async function readCaller(request: Request, authorization: string): Promise<Caller> {
    const unauthenticated = (message: string): Error =>
      createGraphError("UNAUTHENTICATED", message, { status: 401, errorClass });
    // RFC 6750 §2.1, RFC 9449 §7.1.
    const [, scheme = "", token] = /^\s*(Bearer|DPoP) +([\w.~+/=-]+)\s*$/i.exec(authorization) ?? [];
    if (!token) throw unauthenticated("The Authorization header must read `Bearer <access token>`.");
    try {
      const isDpop = scheme.toLowerCase() === "dpop";
      const claims = await verify(token, tokenRequestOf(request, isDpop ? "DPoP" : "Bearer"));
      return { id: claims.sub, isAnonymous: claims.is_anonymous, sessionId: claims.sid, claims };
    } catch (error) {
      if (!(error instanceof AccessTokenError)) throw error;
      logRejection?.(error, token);
      switch (error.code) {
        case "TOKEN_EXPIRED":
          throw unauthenticated("The access token has expired. Refresh the session.");
        case "PROOF_INVALID":
          throw unauthenticated(
            "The access token is bound to a key. Send it as `Authorization: DPoP <access token>`, with a new proof in the header `DPoP`.",
          );
        case "TOKEN_INVALID":
        case "TOKEN_REVOKED":
          throw unauthenticated("The access token is not valid. Log in, or refresh the session.");
        default:
          throw createGraphError(
            "SERVICE_UNAVAILABLE",
            "The access token cannot be verified right now. Try again in a moment.",
            { status: 503, errorClass },
          );
      }
    }
  }
}
