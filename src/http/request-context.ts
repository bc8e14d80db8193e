/** Authentication: the Authorization header or the console's cookie becomes a user, an operator, or a client without credentials. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import { type Authorization, readAuthorization } from "../bearer.ts";
import { responseOf, toClientError } from "../client-error.ts";
import type { ClientInfo } from "../client-info.ts";
import { type ErrorCode, PasserbyError } from "../errors.ts";
import { type Caller, resolveCaller } from "../identity/sessions/sessions.ts";
import { proofAlgorithms } from "../identity/tokens/verify-proof.ts";
import { checkAdminKey } from "../operators/admin-keys.ts";
import type { KeyProof } from "../request-context.ts";
import { createContext, type GraphContext } from "../schema/context.ts";
import type { Services } from "../services.ts";
import { type ConsoleCookie, isBackground } from "./console-cookie.ts";
import type { ReadKeyProof } from "./key-proof.ts";
import { checkServerKey } from "./server-key.ts";
import { type OpenSessionCookie, SESSION_HEADER } from "./session-cookies.ts";

/** RFC 9449 §7.1. */
const dpopChallenge = `DPoP algs="${proofAlgorithms.join(" ")}"`;
const challenges: Partial<Record<ErrorCode, string>> = {
  DPOP_REQUIRED: dpopChallenge,
  INVALID_DPOP_PROOF: `${dpopChallenge}, error="invalid_dpop_proof"`,
};

interface Surface {
  /** Only there invalid admin keys are counted and limited. */
  readonly isAdminSurface: boolean;
  /** For routes that only operators use, where it is accepted in place of an admin key. */
  readonly cookie?: ConsoleCookie | null;
  /** For routes that browsers may use with a session cookie. */
  readonly openSessionCookie?: OpenSessionCookie;
  /** For routes whose sessions may be bound to a key. */
  readonly readKeyProof?: ReadKeyProof;
}

/**
 * Reads a request.
 * @throws GraphQLError with the error's status: a request with an invalid token fails, it is not treated as one without a token
 */
export async function contextOf(
  services: Services,
  request: FastifyRequest,
  { isAdminSurface, cookie = null, openSessionCookie, readKeyProof }: Surface,
): Promise<GraphContext> {
  const client = request.clientInfo;
  try {
    const sessionCookie =
      openSessionCookie && request.headers[SESSION_HEADER] !== undefined ? openSessionCookie(request) : null;
    const proof = readKeyProof && request.headers.dpop !== undefined ? await readKeyProof(request) : null;
    const authorization = readAuthorization(request.headers.authorization);
    const { caller, admin, isServer }: Credentials =
      authorization !== null
        ? await identify(services, authorization, { client, isAdminSurface, proof })
        : { caller: null, admin: cookie && (await findOperator(services, request, cookie)) };
    return createContext(services, { caller, admin, isServer, client, sessionCookie, proof });
  } catch (error) {
    const clientError = toClientError(error);
    if (!clientError) throw error;
    const { status, headers, code, message } = responseOf(clientError);
    const challenge = challenges[code];
    const sent = Object.entries({ ...headers, ...(challenge && { "www-authenticate": challenge }) });
    // The form that Apollo reads; a server used in tests declares another type for the same name.
    const http = { status, headers: new Map(sent) as never };
    throw new GraphQLError(message, { originalError: clientError, extensions: { code, http } });
  }
}

declare module "fastify" {
  interface FastifyRequest {
    /** Where the request came from, as far as proxies are trusted. */
    readonly clientInfo: ClientInfo;
  }
}

const CLIENT_INFO = Symbol("client info");

/** Adds `clientInfo` to every request, computed on first use. */
export function decorateWithClientInfo(
  fastify: FastifyInstance,
  read: (request: IncomingMessage) => ClientInfo,
): void {
  fastify.decorateRequest(CLIENT_INFO, null);
  fastify.decorateRequest("clientInfo", {
    getter(this: FastifyRequest & { [CLIENT_INFO]?: ClientInfo | null }) {
      this[CLIENT_INFO] ??= read(this.raw);
      return this[CLIENT_INFO];
    },
  });
}

/** Whose the credentials of a request are. */
interface Credentials {
  readonly caller: Caller | null;
  readonly admin: string | null;
  readonly isServer?: boolean;
}

async function identify(
  services: Services,
  { scheme, token }: Authorization,
  { client, isAdminSurface, proof }: { client: ClientInfo; isAdminSurface: boolean; proof: KeyProof | null },
): Promise<Credentials> {
  if (token.startsWith("pbr_")) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message:
        "This is a refresh token, not an access token. Give it to `refreshSession`, and send the access token of the answer.",
    });
  }
  if (token.startsWith("pbk_") && isAdminSurface) {
    await checkServerKey(services, client, () => token);
    return { caller: null, admin: null, isServer: true };
  }
  if (token.startsWith("pbk_")) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message:
        "This is an API key, not an access token. Log in with it (`login`), and send the access token of the answer.",
    });
  }
  // Access tokens have three parts, admin keys have one.
  if (token.includes(".")) {
    return { caller: await resolveCaller(services, token, { scheme, proof }), admin: null };
  }
  if (!isAdminSurface) return { caller: null, admin: await findAdmin(services, token) };
  const { name } = await checkAdminKey(services, client, token);
  return { caller: null, admin: name };
}

/** An admin key outside the admin surface, where it permits little more, such as the subgraph's SDL. @throws PasserbyError UNAUTHENTICATED */
async function findAdmin({ adminKeys }: Services, token: string): Promise<string> {
  const known = await adminKeys.find(token);
  if (known) return known.name;
  throw new PasserbyError("UNAUTHENTICATED", {
    message: /^(undefined|null)$/.test(token)
      ? `The Authorization header says \`Bearer ${token}\`. Send it only once there is a token.`
      : "This is not an access token of this gateway. Log in, or send no Authorization header.",
  });
}

/** @returns null when no cookie came. @throws PasserbyError FORBIDDEN, UNAUTHENTICATED */
async function findOperator(
  { operatorSessions }: Services,
  request: FastifyRequest,
  cookie: ConsoleCookie,
): Promise<string | null> {
  const token = cookie.read(request);
  if (token === null) return null;
  requireOwnPage(request, cookie);
  const session = await operatorSessions.find(token, { isUse: !isBackground(request) });
  if (!session) {
    throw new PasserbyError("UNAUTHENTICATED", { message: "This session has ended. Sign in again." });
  }
  return session.name;
}

/** @throws PasserbyError FORBIDDEN */
export function requireOwnPage(request: FastifyRequest, cookie: ConsoleCookie): void {
  if (cookie.isFromOwnPage(request)) return;
  throw new PasserbyError("FORBIDDEN", {
    message: "A console session works on pages of the console only. Programs send an admin key instead.",
  });
}
