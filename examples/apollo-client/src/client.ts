import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { passerbyLink } from "@passerby/client/apollo";
import { passerby } from "./passerby.ts";

/** Create one client per user, so that cached data of one user is never shown to another. */
export const createClient = (): ApolloClient =>
  new ApolloClient({
    link: passerbyLink(passerby).concat(new HttpLink({ uri: passerby.url })),
    cache: new InMemoryCache(),
  });
