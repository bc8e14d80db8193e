/** `@passerby/client/urql`: an exchange for urql. */
import { type Exchange, makeOperation, mapExchange } from "@urql/core";
import { authorizedFetch } from "./authorized-fetch.ts";
import type { Passerby } from "./contract.ts";
import { PasserbyError } from "./errors.ts";

/** Options of `passerbyExchange`. */
export interface PasserbyExchangeOptions {
  /**
   * Whether queries wait until there is an answer while the gateway or the server does not respond, instead of failing:
   * `state.isOffline` tells the visitor. Mutations fail at once. True unless given.
   */
  readonly retry?: boolean | undefined;
}

/**
 * Sends the access token with each operation, and sends it once more with a new one when it is rejected. Put it before
 * `fetchExchange`. The context `guest: false` is for queries that need no user, and starts no guest. With a cache exchange, create one client for each user.
 */
export function passerbyExchange(
  passerby: Passerby,
  { retry = true }: PasserbyExchangeOptions = {},
): Exchange {
  return mapExchange({
    onOperation(operation) {
      const { kind, context } = operation;
      if (kind === "teardown") return operation;
      const send = authorizedFetch(passerby, context.fetch, { guest: context.guest });
      const sendUntilAnswered: typeof fetch = (input, init) =>
        passerby.retry(() => send(input, init).catch(toNoResponse), init?.signal ?? undefined);
      const fetchWith = retry && kind === "query" ? sendUntilAnswered : send;
      return makeOperation(kind, operation, { ...context, fetch: fetchWith });
    },
  });
}

function toNoResponse(error: unknown): never {
  if (!(error instanceof TypeError)) throw error;
  throw new PasserbyError("NO_RESPONSE", "The server did not respond.", {}, error);
}
