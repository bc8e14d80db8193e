/** Requests of a client that has a key. */
import { createProofKey, type ProofKey, signProof } from "../../src/testing/proofs.ts";
import type { Answer, Gateway } from "./gateway.ts";

/** `PUBLIC_URL` of gateways in tests. */
export const GRAPH_URL = "http://localhost:4000/graphql";

export interface KeyClient {
  readonly key: ProofKey;
  /** Sends an operation with a proof, and with an access token if there is one. */
  graph(
    query: string,
    options?: { token?: string; variables?: object; headers?: object; to?: Gateway },
  ): Promise<Answer>;
}

export function createKeyClient(gateway: Gateway, key: ProofKey = createProofKey()): KeyClient {
  return {
    key,
    graph(query, { token, variables, headers, to = gateway } = {}) {
      const request = { method: "POST", url: GRAPH_URL, at: to.clock.now(), ...(token && { token }) };
      return to.graph(query, {
        ...(variables && { variables }),
        headers: {
          dpop: signProof(key, request),
          ...(token && { authorization: `DPoP ${token}` }),
          ...headers,
        },
      });
    },
  };
}
