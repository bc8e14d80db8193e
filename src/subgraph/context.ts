/** Who is calling, for the context of a GraphQL server: read from a request of whatever framework. */
import { AccessTokenError } from "./access-token-error.ts";
import type { AccessTokenClaims } from "./claims.ts";
import { createGraphError, type GraphQLErrorClass } from "./graph-error.ts";
import { resolveOptions, type VerifierOptions } from "./options.ts";
import { createRefusalLog, type Log } from "./refusal-log.ts";
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

interface WithHeaders {
  readonly headers:
    | { get(name: string): string | null }
    | Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What servers give to their context functions: the request itself, or something that holds it. */
export type RequestSource = WithHeaders | { readonly req: WithHeaders } | { readonly request: WithHeaders };

export interface ContextOptions extends VerifierOptions {
  /**
   * The `GraphQLError` of your server's own `graphql`. Yoga shows errors of that class only, and hides all others;
   * Apollo Server shows others with a few words in front.
   */
  readonly GraphQLError?: GraphQLErrorClass;
  /**
   * Where the reason of a refused token goes, once a minute for each reason; not for tokens that expired or whose session
   * ended. Absent: `console.warn`. null: nowhere.
   */
  readonly log?: Log | null;
}

/** Where a context says which class its errors have; it stays when the context is spread into another object. */
export const ERROR_CLASS = Symbol.for("passerby.GraphQLError");

/**
 * A context function for Apollo Server, its Fastify integration, Yoga and Fastify itself.
 * @throws TypeError when the options cannot work. The function it gives throws UNAUTHENTICATED with HTTP 401 when there is
 *   a header and no good token in it, SERVICE_UNAVAILABLE with 503 when the token cannot be judged
 */
export function passerbyContext(
  options: ContextOptions,
): (source: RequestSource, ...rest: unknown[]) => Promise<PasserbyContext> {
  const { GraphQLError: errorClass, log = console.warn, ...verifierOptions } = options;
  const verify = createVerifier(verifierOptions);
  const { issuer, audience, now } = resolveOptions(verifierOptions);
  const logRefusal = log && createRefusalLog({ issuer, audience, log }, now);
  return async (source) => {
    const authorization = readAuthorization(source);
    // Clients that have no token yet send a blank header, or `Bearer` alone.
    const isBlank = authorization === null || /^\s*(Bearer\s*)?$/i.test(authorization);
    const caller = isBlank ? null : await readCaller(authorization);
    return Object.assign({ caller }, errorClass && { [ERROR_CLASS]: errorClass });
  };

  async function readCaller(authorization: string): Promise<Caller> {
    const refuse = (message: string): Error =>
      createGraphError("UNAUTHENTICATED", message, { status: 401, errorClass });
    // RFC 6750 §2.1.
    const token = /^\s*Bearer +([\w.~+/=-]+)\s*$/i.exec(authorization)?.[1];
    if (!token) throw refuse("The Authorization header must read `Bearer <access token>`.");
    try {
      const claims = await verify(token);
      return { id: claims.sub, isAnonymous: claims.is_anonymous, sessionId: claims.sid, claims };
    } catch (error) {
      if (!(error instanceof AccessTokenError)) throw error;
      logRefusal?.(error, token);
      switch (error.code) {
        case "TOKEN_EXPIRED":
          throw refuse("The access token has expired. Refresh the session.");
        case "TOKEN_INVALID":
        case "TOKEN_REVOKED":
          throw refuse("The access token is not valid. Log in, or refresh the session.");
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

/** @returns null when there is no such header, or one without a value. @throws TypeError for what is no request: nobody is anonymous by mistake */
function readAuthorization(source: RequestSource): string | null {
  const holder = source as { req?: WithHeaders; request?: WithHeaders; headers?: WithHeaders["headers"] };
  const headers = holder?.headers ?? holder?.req?.headers ?? holder?.request?.headers;
  if (!headers) throw new TypeError("passerbyContext() was given no request: it needs one with headers.");
  if (typeof headers.get === "function") return headers.get("authorization") ?? null;
  const values = headers as Record<string, string | readonly string[] | undefined>;
  // Node writes names in lower case; others keep what came.
  const name = Object.keys(values).find((each) => each.toLowerCase() === "authorization");
  const value = name === undefined ? undefined : values[name];
  return value === undefined ? null : String(value);
}
