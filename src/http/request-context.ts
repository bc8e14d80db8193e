/** Who is calling: the Authorization header becomes a caller, an operator, or nobody. */
import type { FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import { readBearer } from "../bearer.ts";
import { errorCatalogue, PasserbyError } from "../errors.ts";
import { clientAddress } from "../identity/client-address.ts";
import { type Caller, resolveCaller } from "../identity/sessions.ts";
import { asRefusal } from "../refusal.ts";
import { createContext, type GraphContext } from "../schema/context.ts";
import type { Services } from "../services.ts";

/** Reads a request. @throws GraphQLError with the status of the refusal: a bad token is never silently nobody's */
export async function contextOf(services: Services, request: FastifyRequest): Promise<GraphContext> {
  const origin = { ipAddress: request.ip, userAgent: request.headers["user-agent"] ?? null };
  try {
    const token = readBearer(request.headers.authorization);
    const who =
      token === null ? { caller: null, admin: null } : await identify(services, token, origin.ipAddress);
    return createContext(services, { ...who, origin });
  } catch (error) {
    const refusal = asRefusal(error);
    if (!refusal) throw error;
    throw new GraphQLError(refusal.message, {
      originalError: refusal,
      extensions: { code: refusal.code, http: { status: errorCatalogue[refusal.code].status } },
    });
  }
}

async function identify(
  services: Services,
  token: string,
  address: string,
): Promise<{ caller: Caller | null; admin: string | null }> {
  if (token.startsWith("pbr_")) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message: "This is a refresh token. Give it to `refreshSession`, and send the access token here.",
    });
  }
  if (token.startsWith("pbk_")) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message: "This is an API key. Give it to `login`, and send the access token that it gives here.",
    });
  }
  // Access tokens have three parts, admin keys have one.
  if (token.includes(".")) return { caller: await resolveCaller(services, token), admin: null };
  const key = `admin-key:${clientAddress({ ipAddress: address })}`;
  await services.limits.consume("failedLogins", key);
  const admin = await services.adminKeys.verify(token);
  await services.limits.giveBack("failedLogins", key);
  return { caller: null, admin };
}
