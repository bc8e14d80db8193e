import { Client, cacheExchange, fetchExchange, mapExchange } from "@urql/core";
import { mount } from "./mount.ts";
import { sessionEnded } from "./session-ended.ts";

/** Marks a request as one of our own pages': a foreign page cannot send this header without being asked first. */
export const ownPage = { "x-passerby-console": "1" };

/** For what a page asks by itself: it does not keep the session of an operator who has gone. */
export const background: RequestInit = {
  credentials: "same-origin",
  headers: { "x-passerby-console": "background" },
};

/** The admin graph. Who is asking is in the cookie of the session, which no script can read. */
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
