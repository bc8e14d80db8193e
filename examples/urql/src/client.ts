import { passerbyExchange } from "@passerby/client/urql";
import { Client, fetchExchange } from "@urql/core";
import { passerby } from "./passerby.ts";

/**
 * Without a cache exchange; if you add one, create a new client per user. POST only: the gateway rejects GET queries that any
 * other site could send (CSRF).
 */
export const createClient = (): Client =>
  new Client({
    url: passerby.url,
    preferGetMethod: false,
    exchanges: [passerbyExchange(passerby), fetchExchange],
  });
