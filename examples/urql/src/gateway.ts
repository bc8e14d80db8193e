/** Sends requests to the gateway with plain fetch: the session must not depend on a GraphQL client that depends on the session. */

import type { Challenge } from "@passerby/client/proof-of-work";

export const ENDPOINT = "/graphql";

interface ErrorEntry {
  readonly message: string;
  readonly extensions: {
    readonly code: string;
    readonly retryAfterSeconds?: number;
    readonly challenge?: Challenge;
  };
}

/** An error in the gateway's response. Codes: docs/errors.md. */
export class GatewayError extends Error {
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  /** Of PROOF_OF_WORK_REQUIRED. */
  readonly challenge: Challenge | undefined;
  /** The kind of credentials that it is about, such as `passkey`; null if it is about none. */
  credentials: string | null = null;

  constructor({ message, extensions }: ErrorEntry) {
    super(message);
    this.code = extensions.code;
    this.retryAfterSeconds = extensions.retryAfterSeconds;
    this.challenge = extensions.challenge;
  }
}

/** @throws GatewayError for an error in the response, or the error of fetch when there is no response */
export async function request<Data>(query: string, variables: object, accessToken?: string): Promise<Data> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(5_000),
  });
  const { data, errors } = await response.json();
  if (errors) throw new GatewayError(errors[0]);
  return data;
}

/** For operations that the gateway repeats idempotently for some seconds: retries once when the response was lost. */
export const requestWithRetry = <Data>(query: string, variables: object): Promise<Data> =>
  request<Data>(query, variables).catch((error: unknown) => {
    if (error instanceof GatewayError) throw error;
    return request<Data>(query, variables);
  });
