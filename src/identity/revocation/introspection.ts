import { PasserbyError } from "../../errors.ts";
import type { Presentation } from "../sessions/key-binding.ts";
import { resolveCaller, type SessionServices } from "../sessions/sessions.ts";
import { accessClaims } from "../tokens/tokens.ts";

/** RFC 7662 §2.2, RFC 9449 §6.2. Nothing else is returned for a token that is not active. */
export type Introspection =
  | { readonly active: false }
  | ({ readonly active: true; readonly token_type: Presentation["scheme"] } & ReturnType<
      typeof accessClaims
    >);

/**
 * Whether the gateway itself would accept an access token now. `is_anonymous` is the current value, which may differ from
 * the claim after a link. Refresh tokens and API keys are not active: only the gateway accepts them.
 */
export async function introspectToken(
  services: Pick<SessionServices, "reads" | "clock" | "policy" | "tokens">,
  token: string,
): Promise<Introspection> {
  try {
    const caller = await resolveCaller(services, token, null);
    const { issuedAtSeconds, expiresAtSeconds } = await services.tokens.verifyAccessToken(token);
    const claims = accessClaims(services.policy, { caller, issuedAtSeconds, expiresAtSeconds });
    return { active: true, token_type: claims.cnf ? "DPoP" : "Bearer", ...claims };
  } catch (error) {
    const isInactive = error instanceof PasserbyError && inactiveCodes.has(error.code);
    if (isInactive) return { active: false };
    throw error;
  }
}

const inactiveCodes = new Set(["UNAUTHENTICATED", "USER_DISABLED"]);
