/** Runs a request of this protocol: the steps that all routes share. */
import { decodeJwt } from "jose";
import { readBearer } from "../bearer.ts";
import { toClientError } from "../client-error.ts";
import type { ClientInfo } from "../client-info.ts";
import { requireRecentLogin } from "../identity/sessions/sessions.ts";
import { userContext, visitorContext } from "../request-context.ts";
import type { Services } from "../services.ts";
import { missingTokenError, RealmError, realmErrorFor, tokenError } from "./errors.ts";
import type { Bearer, RealmAnswer, RealmRequest } from "./request.ts";
import type { Route } from "./routes.ts";
import { readAccessToken, readRefreshToken } from "./tokens.ts";

/**
 * Answers one request, in the order that makes it safe.
 * @throws RealmError, and unexpected errors
 */
export async function run(
  route: Route,
  request: Omit<RealmRequest, "who" | "context"> & { readonly client: ClientInfo },
  authorization: string | undefined,
): Promise<RealmAnswer> {
  // 1. The app.
  const { appId } = request.params;
  if (appId !== undefined && appId !== request.settings.appId) throw unknownApp(appId);
  // 2. Who is calling.
  const who = await identify(request, route, authorization);
  const { services, client } = request;
  const context = who ? userContext(who.caller.user.id, client) : visitorContext(client);
  try {
    // 3. The login.
    if (who && route.access.startsWith("recent ")) requireRecentLogin(services, who.caller);
    // 4. The provider.
    if (route.provider) services.providers.requireEnabled(route.provider);
    // 5. The work.
    if (route.access === "public") return await route.handler({ ...request, context, who: null });
    if (!who) throw new Error(`${route.path} needs a user, but its access is not \`user\`.`);
    return await route.handler({ ...request, context, who });
  } catch (error) {
    const clientError = toClientError(error);
    throw clientError ? realmErrorFor(clientError, { isSignedIn: who !== null }) : error;
  }
}

const unknownApp = (appId: string): RealmError =>
  new RealmError({
    status: 404,
    errorCode: null,
    error: `cannot find app using Client App ID '${appId}'`,
    message: "The operator sets the app id of this gateway in APP_ID.",
  });

/** @returns null on public routes, with any token: SDKs send expired tokens to routes that need none */
async function identify(
  { services }: Pick<RealmRequest, "services">,
  { access, missingToken }: Pick<Route, "access" | "missingToken">,
  authorization: string | undefined,
): Promise<Bearer | null> {
  if (access === "public") return null;
  const kind = access.endsWith("session") ? "refresh" : "access";
  try {
    const token = readBearer(authorization);
    if (token === null) throw missingTokenError(missingToken);
    return await (kind === "access" ? readAccessToken(services, token) : readRefreshToken(services, token));
  } catch (error) {
    if (error instanceof RealmError) throw error;
    const clientError = toClientError(error);
    if (!clientError || clientError.code === "SERVICE_UNAVAILABLE")
      throw clientError ? realmErrorFor(clientError, signedOut) : error;
    throw tokenError(
      clientError,
      kind,
      clientError.code === "UNAUTHENTICATED" && isExpired(services, authorization),
    );
  }
}

/** Reads an invalid token without verifying it, only for the error text. */
function isExpired({ clock }: Services, authorization = ""): boolean {
  try {
    const { exp } = decodeJwt(authorization.replace(/^Bearer +/i, ""));
    return exp !== undefined && exp * 1_000 <= +clock.now();
  } catch {
    return false;
  }
}

const signedOut = { isSignedIn: false };
