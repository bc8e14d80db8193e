import { Client, cacheExchange, fetchExchange, mapExchange } from "@urql/core";
import { mount } from "./mount.ts";
import { sessionEnded } from "./session-ended.ts";

/** CSRF protection: a page of another origin cannot send this header without a CORS preflight, which fails. */
export const ownPage = { "x-passerby-console": "1" };

/** For polling and other automatic requests: they do not extend the session of an idle operator. */
export const background: RequestInit = {
  credentials: "same-origin",
  headers: { "x-passerby-console": "background" },
};

/** Client of the admin graph, authenticated by the HttpOnly session cookie. */
export const graph = new Client({
  url: `${mount}/admin/graphql`,
  preferGetMethod: false,
  fetchOptions: { credentials: "same-origin", headers: ownPage },
  exchanges: [
    mapExchange({
      onResult(result) {
        const isExpired = result.error?.graphQLErrors.some(
          ({ extensions }) => extensions.code === "UNAUTHENTICATED",
        );
        if (isExpired) sessionEnded.notify();
      },
    }),
    cacheExchange,
    fetchExchange,
  ],
});
