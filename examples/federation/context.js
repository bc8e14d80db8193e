/** Who sent a request, as the gateway's access token says. Stands in for `passerby/subgraph`, with the same names. */
import { GraphQLError } from "graphql";
import { createRemoteJWKSet, jwtVerify } from "jose";

/**
 * @param {{ issuer: string, gatewayUrl?: string }} options PUBLIC_URL of the gateway, and where it is if not there
 * @returns a context function: `caller` is null without a token; a bad token is refused, never taken for nobody's
 */
export function passerbyContext({ issuer, gatewayUrl = issuer }) {
  const keys = createRemoteJWKSet(new URL(`${gatewayUrl}/.well-known/jwks.json`));
  return async ({ req }) => {
    const { authorization } = req.headers;
    if (!authorization) return { caller: null };
    try {
      const token = authorization.replace(/^Bearer +/i, "");
      const { payload } = await jwtVerify(token, keys, { issuer, audience: issuer, algorithms: ["ES256"] });
      return { caller: { id: payload.sub, isAnonymous: payload.is_anonymous } };
    } catch {
      const extensions = { code: "UNAUTHENTICATED", http: { status: 401 } };
      throw new GraphQLError("The access token is not valid. Log in, or refresh the session.", {
        extensions,
      });
    }
  };
}

export function requireUser({ caller }) {
  if (caller) return caller;
  throw new GraphQLError("Nobody is signed in. Log in first.", { extensions: { code: "UNAUTHENTICATED" } });
}
