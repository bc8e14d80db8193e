/** Reads proofs of possession (DPoP) of requests, each of which this gateway accepts once. */
import type { FastifyRequest } from "fastify";
import type { Clock } from "../clock.ts";
import { usedProof } from "../identity/sessions/key-binding.ts";
import { toSeconds } from "../identity/tokens/tokens.ts";
import { createProofVerifier, PROOF_SECONDS } from "../identity/tokens/verify-proof.ts";
import type { KeyProof } from "../request-context.ts";

/** @returns null without the header. @throws PasserbyError INVALID_DPOP_PROOF */
export type ReadKeyProof = (request: FastifyRequest) => Promise<KeyProof | null>;

/**
 * @param options.url of the route, as clients send it
 * @param options.routerUrls at which a router gets requests, whose proof it may send here several times
 */
export function createKeyProofReader({
  clock,
  url,
  routerUrls,
}: {
  clock: Clock;
  url: string;
  routerUrls: readonly string[];
}): ReadKeyProof {
  const urls = [url, ...routerUrls];
  const verifyProof = createProofVerifier();
  const seen = new SeenProofs();
  return async ({ headers, method }) => {
    const { dpop } = headers;
    if (dpop === undefined) return null;
    const nowSeconds = toSeconds(clock.now());
    const proof = await verifyProof(String(dpop), { method, urls, nowSeconds });
    if (proof.url === url && !seen.add(proof.id, nowSeconds)) throw usedProof();
    return proof;
  };
}

/** A proof is accepted from a minute before its `iat` until a minute after it. */
const ACCEPTED_SECONDS = 2 * PROOF_SECONDS;
/**
 * Of each half; about 100 bytes each. A flood of proofs, which anyone can make with keys of their own, makes the gateway forget
 * others sooner. Refreshes reject those too, by the database.
 */
const MAX_SEEN = 100_000;

/** Remembers ids for at least as long as proofs are accepted, in two halves: the older one is forgotten as a whole. */
class SeenProofs {
  #newer = new Set<string>();
  #older = new Set<string>();
  #sinceSeconds = 0;

  /** @returns false for an id that was added before */
  add(id: string, nowSeconds: number): boolean {
    if (this.#newer.has(id) || this.#older.has(id)) return false;
    const isOld = Math.abs(nowSeconds - this.#sinceSeconds) > ACCEPTED_SECONDS;
    if (isOld || this.#newer.size >= MAX_SEEN) {
      this.#older = this.#newer;
      this.#newer = new Set();
      this.#sinceSeconds = nowSeconds;
    }
    this.#newer.add(id);
    return true;
  }
}
