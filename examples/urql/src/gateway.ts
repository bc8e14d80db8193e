/** Asks the gateway by plain fetch: the session must not depend on a GraphQL client that depends on the session. */

export const ENDPOINT = "/graphql";

interface GatewayError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly retryAfterSeconds?: number };
}

/** The gateway said no. Its codes are in docs/errors.md. */
export class Refusal extends Error {
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor({ message, extensions }: GatewayError) {
    super(message);
    this.code = extensions.code;
    this.retryAfterSeconds = extensions.retryAfterSeconds;
  }
}

/** @throws Refusal, or what fetch throws when no answer comes */
export async function ask<Data>(query: string, variables: object, accessToken?: string): Promise<Data> {
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
  if (errors) throw new Refusal(errors[0]);
  return data;
}

/** For what the gateway answers again in the same way for some seconds: an answer that got lost is asked for once more. */
export const askTwice = <Data>(query: string, variables: object): Promise<Data> =>
  ask<Data>(query, variables).catch((error: unknown) => {
    if (error instanceof Refusal) throw error;
    return ask<Data>(query, variables);
  });
