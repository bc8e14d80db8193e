/**
 * Sessions that are bound to a key of the client (DPoP, RFC 9449): a login with a proof starts one, and its tokens are worth
 * nothing without proofs by the same key.
 */
import { isUniqueViolation } from "../../database/failures.ts";
import type { Writes } from "../../database/writes.ts";
import type { Session } from "../../entities/session.ts";
import { UsedProof } from "../../entities/used-proof.ts";
import { PasserbyError } from "../../errors.ts";
import type { KeyProof, RequestContext } from "../../request-context.ts";
import { CLOCK_SKEW_SECONDS, type IdentityPolicy } from "../policy.ts";
import { invalidProof, PROOF_SECONDS, sha256 } from "../tokens/verify-proof.ts";

/** How a request presents its access token. */
export interface Presentation {
  /** Of the Authorization header. */
  readonly scheme: "Bearer" | "DPoP";
  readonly proof: KeyProof | null;
}

export const asBearer: Presentation = { scheme: "Bearer", proof: null };

/** @throws PasserbyError DPOP_REQUIRED when `REQUIRE_DPOP` asks logins of this kind for a proof, and there is none */
export function requireProofForLogin(
  { requireDpop }: Pick<IdentityPolicy, "requireDpop">,
  { proof }: RequestContext,
  { isAnonymous }: { isAnonymous: boolean },
): void {
  if (proof || requireDpop === "off" || (requireDpop === "anonymous" && !isAnonymous)) return;
  throw new PasserbyError("DPOP_REQUIRED");
}

/**
 * The access token of a bound session must come with a proof for this token by its key (RFC 9449 §7.1).
 * @throws PasserbyError UNAUTHENTICATED under the other scheme, DPOP_REQUIRED without a proof, INVALID_DPOP_PROOF
 */
export function requirePossession(
  { keyThumbprint }: Session,
  accessToken: string,
  { scheme, proof }: Presentation,
): void {
  if (keyThumbprint === null && scheme === "Bearer") return;
  if (keyThumbprint === null) {
    throw new PasserbyError("UNAUTHENTICATED", {
      message: "This access token is not bound to a key. Send it as `Authorization: Bearer <token>`.",
    });
  }
  if (scheme !== "DPoP") {
    throw new PasserbyError("UNAUTHENTICATED", {
      message:
        "This access token is bound to a key. Send it as `Authorization: DPoP <token>`, with a proof by that key in the header `DPoP`.",
    });
  }
  if (!proof) throw new PasserbyError("DPOP_REQUIRED");
  requireKey(keyThumbprint, proof);
  if (proof.accessTokenHash !== sha256(accessToken)) {
    throw invalidProof("its `ath` must be the SHA-256 of the access token, in base64url.");
  }
}

/**
 * The refresh token of a bound session needs a proof by its key, which no gateway of this database has seen before. Comes
 * before every decision about the token: otherwise a copy could end the session as reuse.
 * @throws PasserbyError DPOP_REQUIRED, INVALID_DPOP_PROOF
 */
export async function requireProofForRefresh(
  { writes }: { writes: Writes },
  { proof }: RequestContext,
  keyThumbprint: string,
): Promise<void> {
  if (!proof) throw new PasserbyError("DPOP_REQUIRED");
  requireKey(keyThumbprint, proof);
  const expiresAt = new Date((proof.issuedAtSeconds + PROOF_SECONDS + CLOCK_SKEW_SECONDS) * 1_000);
  try {
    await writes.insert([{ entity: UsedProof, rows: [{ hash: proof.id, expiresAt }] }]);
  } catch (error) {
    throw isUniqueViolation(error) ? usedProof() : error;
  }
}

export const usedProof = (): PasserbyError =>
  invalidProof("it was used before. Make one for each request, with another `jti`.");

function requireKey(keyThumbprint: string, { thumbprint }: KeyProof): void {
  if (thumbprint !== keyThumbprint) throw invalidProof("this session is bound to another key.");
}
