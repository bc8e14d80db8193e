import { PasserbyError } from "../../errors.ts";
import { accessClaims } from "../tokens/tokens.ts";
import { resolveCaller, type SessionServices } from "./sessions.ts";

/** RFC 7662 §2.2. Of a token that is not active nothing else is said. */
export type Introspection =
  | { readonly active: false }
  | ({ readonly active: true; readonly token_type: "Bearer" } & ReturnType<typeof accessClaims>);

/**
 * Whether an access token is good at this moment, as the gateway itself would decide; `is_anonymous` is what is true now,
 * which a token from before a link does not know. Refresh tokens and keys are not active: they open nothing but the gateway.
 */
export async function introspectToken(
  services: Pick<SessionServices, "reads" | "clock" | "policy" | "tokens">,
  token: string,
): Promise<Introspection> {
  try {
    const caller = await resolveCaller(services, token);
    const { issuedAtSeconds, expiresAtSeconds } = await services.tokens.verifyAccessToken(token);
    const claims = accessClaims(services.policy, { caller, issuedAtSeconds, expiresAtSeconds });
    return { active: true, token_type: "Bearer", ...claims };
  } catch (error) {
    const isRefused = error instanceof PasserbyError && refusals.has(error.code);
    if (isRefused) return { active: false };
    throw error;
  }
}

const refusals = new Set(["UNAUTHENTICATED", "USER_DISABLED"]);
