/** `fetch` as the user, for anything that verifies access tokens. */
import type { Passerby, TokenOptions } from "./contract.ts";

/**
 * Sends the access token, and repeats the request once with a new one when it is rejected: by the status 401, or by
 * `UNAUTHENTICATED` without data, as routers answer. A rejected token is rejected before anything ran.
 */
export function authorizedFetch(
  { getAccessToken, authorize }: Pick<Passerby, "getAccessToken" | "authorize">,
  send: typeof fetch = (input, init) => globalThis.fetch(input, init),
  options: Pick<TokenOptions, "guest"> = {},
): typeof fetch {
  return async (input, init) => {
    // In React Native and in tests a relative address is not one of a Request; with a body it is read once for each attempt.
    const request = input instanceof Request ? new Request(input, init) : null;
    const target = { url: request?.url ?? String(input), method: request?.method ?? init?.method ?? "GET" };
    const sendWith = async (token: string | null): Promise<Response> => {
      const headers = new Headers(request?.headers ?? init?.headers);
      for (const [name, value] of Object.entries(await authorize(token, target))) headers.set(name, value);
      return request ? send(new Request(request.clone(), { headers })) : send(input, { ...init, headers });
    };
    const token = await getAccessToken(options);
    const response = await sendWith(token);
    if (!token || !(await isRejected(response))) return response;
    return sendWith(await getAccessToken({ rejected: token }));
  };
}

async function isRejected(response: Response): Promise<boolean> {
  if (response.status === 401) return true;
  if (!response.headers.get("content-type")?.includes("json")) return false;
  try {
    return isTokenRejection(await response.clone().json());
  } catch {
    return false;
  }
}

/** Whether a GraphQL result says that the access token was rejected. */
export const isTokenRejection = (result: unknown): boolean => {
  const { data, errors } = (result ?? {}) as {
    data?: unknown;
    errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
  };
  return (
    data == null &&
    Array.isArray(errors) &&
    errors.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED")
  );
};
