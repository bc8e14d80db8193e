/** `@passerby/client/apollo`: a link for Apollo Client 3 and 4. */
import { ApolloLink, Observable } from "@apollo/client";
import { isTokenRejection } from "./authorized-fetch.ts";
import type { Passerby } from "./contract.ts";
import { PasserbyError } from "./errors.ts";

/** Options of `passerbyLink`. */
export interface PasserbyLinkOptions {
  /**
   * Whether queries wait until there is an answer while the gateway or the server does not respond, instead of failing:
   * `state.isOffline` tells the visitor. Mutations fail at once. True unless given.
   */
  readonly retry?: boolean | undefined;
  /** Of key-bound sessions: where requests go, if not to the gateway itself but to a router. */
  readonly url?: string | undefined;
}

/**
 * Sends the access token with each operation, and sends it once more with a new one when it is rejected. Create one Apollo
 * Client for each user, so that cached data of one user is never shown to another. The context `guest: false` is for queries
 * that need no user, and starts no guest.
 */
export function passerbyLink(
  passerby: Passerby,
  { retry = true, url = passerby.url }: PasserbyLinkOptions = {},
): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const isRetried =
      retry &&
      operation.query.definitions.some(
        (each) => each.kind === "OperationDefinition" && each.operation === "query",
      );
    return new Observable((observer) => {
      const ending = new AbortController();
      let inner: { unsubscribe(): void } | undefined;

      /** @returns whether the token was rejected, if that may be repaired */
      const sendWith = async (token: string | null, mayRepeat: boolean): Promise<boolean> => {
        const authorization = await passerby.authorize(token, { url });
        return new Promise((resolve, reject) => {
          let [isFirst, isRejected] = [true, false];
          operation.setContext(({ headers }: { headers?: object }) => ({
            headers: { ...headers, ...authorization },
          }));
          inner = forward(operation).subscribe({
            next(result) {
              isRejected ||= isFirst && mayRepeat && isTokenRejection(result);
              isFirst = false;
              if (!isRejected) observer.next(result);
            },
            error(error) {
              if (isFirst && mayRepeat && statusOf(error) === 401) resolve(true);
              else reject(isFirst && isRetried && isNetworkError(error) ? noResponse(error) : error);
            },
            complete: () => resolve(isRejected),
          });
        });
      };

      const attempt = async (): Promise<void> => {
        const token = await passerby.getAccessToken({ guest: operation.getContext().guest });
        if (ending.signal.aborted || !(await sendWith(token, token !== null))) return;
        const next = await passerby.getAccessToken({ rejected: token });
        if (!ending.signal.aborted) await sendWith(next, false);
      };
      (isRetried ? passerby.retry(attempt, ending.signal) : attempt()).then(
        () => observer.complete(),
        (error) => observer.error(error instanceof NetworkFailure ? error.cause : error),
      );
      return () => {
        ending.abort();
        inner?.unsubscribe();
      };
    });
  });
}

class NetworkFailure extends PasserbyError {}

const noResponse = (cause: unknown): PasserbyError =>
  new NetworkFailure("NO_RESPONSE", "The server did not respond.", {}, cause);

const statusOf = (error: unknown): unknown => (error as { statusCode?: unknown } | null)?.statusCode;

/** What `fetch` throws, or a proxy whose server is down. */
const isNetworkError = (error: unknown): boolean =>
  error instanceof TypeError || [502, 503, 504].includes(statusOf(error) as number);
