/** GraphQL clients of the adapters, for tests in Node. */
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";
import { passerbyLink } from "../src/apollo.ts";
import type { Passerby } from "../src/index.ts";
import { passerbyExchange } from "../src/urql.ts";

export const createApollo = (passerby: Passerby, send: typeof fetch): ApolloClient =>
  new ApolloClient({
    link: passerbyLink(passerby).concat(new HttpLink({ uri: passerby.url, fetch: send })),
    cache: new InMemoryCache(),
  });

export const createUrql = (passerby: Passerby, send: typeof fetch): Client =>
  new Client({
    url: passerby.url,
    fetch: send,
    preferGetMethod: false,
    exchanges: [passerbyExchange(passerby), fetchExchange],
  });
