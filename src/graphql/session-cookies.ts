/** Cookie sessions: the refresh token of a login, link, merge or refresh goes into the browser's cookie, not into the answer. */
import { defaultFieldResolver, type GraphQLSchema, getNamedType, isUnionType } from "graphql";
import { DAY_SECONDS, secondsAfter } from "../clock.ts";
import { PasserbyError } from "../errors.ts";
import type { GraphContext } from "../schema/context.ts";
import type { SessionCookie } from "../schema/session-cookie.ts";
import { AuthPayload } from "./payloads.ts";

/** Browsers limit the life of cookies to 400 days (RFC 6265bis §5.5). */
const MAX_COOKIE_SECONDS = 400 * DAY_SECONDS;

/** Wraps every mutation that may answer with an `AuthPayload`, so that no resolver can forget it. */
export function keepTokensInCookies(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const type = getNamedType(field.type);
    const types = isUnionType(type) ? type.getTypes() : [type];
    if (!types.some(({ name }) => name === AuthPayload.name)) continue;
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (root, args, context: GraphContext, info) => {
      if (!context.sessionCookie) return resolve(root, args, context, info);
      context.sessionCookie.requireUnset();
      return Promise.resolve(resolve(root, args, context, info)).then((answer) => moveToken(context, answer));
    };
  }
}

function moveToken({ sessionCookie, services }: GraphContext, answer: unknown): unknown {
  if (!(answer instanceof AuthPayload) || !sessionCookie || answer.refreshToken === null) return answer;
  const { refreshToken, refreshTokenExpiresAt } = answer;
  const expiresAt = refreshTokenExpiresAt ?? secondsAfter(services.clock.now(), MAX_COOKIE_SECONDS);
  const lifeMs = expiresAt.getTime() - services.clock.now().getTime();
  sessionCookie.set(refreshToken, Math.max(1, Math.floor(lifeMs / 1_000)));
  return Object.assign(answer, { refreshToken: null });
}

/** The refresh token of the browser. @throws PasserbyError BAD_USER_INPUT without the header, UNAUTHENTICATED without a cookie */
export function requireCookieToken({ sessionCookie }: GraphContext): string {
  if (!sessionCookie) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message:
        "`refreshToken` is missing. Only with the header `Passerby-Session: cookie` it is read from the browser's cookie.",
    });
  }
  const token = sessionCookie.read();
  if (token !== null) return token;
  throw new PasserbyError("UNAUTHENTICATED", { message: "This browser has no session. Log in." });
}

/** Not USER_DISABLED: an operator may enable the user again. */
const endingCodes = new Set<unknown>(["UNAUTHENTICATED", "SESSION_REVOKED"]);

/** Deletes a cookie with which no refresh will succeed again. */
export function clearDeadCookie({ sessionCookie }: GraphContext, error: unknown): void {
  if (error instanceof PasserbyError && endingCodes.has(error.code)) sessionCookie?.clear();
}

/** Deletes the cookie after its session has ended. That of another session stays: a logout ends no more than it says. */
export function clearEndedCookie({ sessionCookie, services }: GraphContext, endedSessionId: string): void {
  if (!sessionCookie) return;
  const sessionId = findSessionId(services, sessionCookie);
  if (sessionId === null || sessionId === endedSessionId) sessionCookie.clear();
}

/** null when the cookie is missing or no refresh token. */
function findSessionId({ tokens }: GraphContext["services"], sessionCookie: SessionCookie): string | null {
  try {
    const token = sessionCookie.read();
    return token && tokens.readRefreshToken(token).sessionId;
  } catch {
    return null;
  }
}
