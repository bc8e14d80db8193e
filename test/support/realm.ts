/** What apps on the Realm SDK see of a gateway: the unmodified client, and its requests as they go over the wire. */
import { createRequire } from "node:module";
import type * as RealmWeb from "realm-web";
import type { Gateway } from "./gateway.ts";

const require = createRequire(import.meta.url);

/** The published packages, as they are. */
export const clients = {
  "2.0.1": require("realm-web"),
  "2.0.0": require("realm-web-2.0.0"),
  "1.7.1": require("realm-web-1.7.1"),
  "1.2.1": require("realm-web-1.2.1"),
} as Readonly<Record<"2.0.1" | "2.0.0" | "1.7.1" | "1.2.1", typeof RealmWeb>>;

export type ClientVersion = keyof typeof clients;

/** A new installation of an app: nothing is remembered from the one before. */
export function openApp(
  gateway: Gateway,
  version: ClientVersion = "2.0.1",
  baseUrl = gateway.url,
): RealmWeb.App {
  const { App, getEnvironment } = clients[version];
  getEnvironment().defaultStorage.clear();
  return new App({ id: "passerby", baseUrl });
}

/** Far more than any call of an SDK takes. */
const MAX_REQUESTS = 60;

/**
 * What the gateway answers from now on, such as `POST /auth/session 201`; locations left out. A client that goes round in a
 * circle is cut off, so that its test fails and does not hang.
 */
export function watchRequests(gateway: Gateway): string[] {
  const sent: string[] = [];
  gateway.app.http.fastify.server.on("request", (request, response) => {
    if (sent.length > MAX_REQUESTS) request.socket.destroy();
    const path = String(request.url)
      .replace(/^\/+api\/client\/v2\.0/, "")
      .replace("/app/passerby", "");
    response.on("finish", () => {
      if (path !== "/location") sent.push(`${request.method} ${path} ${response.statusCode}`);
    });
  });
  return sent;
}

export const APP = "/api/client/v2.0/app/passerby";
export const AUTH = "/api/client/v2.0/auth";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what the tests expect of them
  readonly json: any;
}

/** One request, byte for byte. */
export async function send(
  gateway: Gateway,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { token, body, headers } = options;
  const text = typeof body === "string" ? body : body === undefined ? null : JSON.stringify(body);
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(text !== null && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: text,
  });
  const answered = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return {
    status: response.status,
    headers: response.headers,
    text: answered,
    json: isJson ? JSON.parse(answered) : undefined,
  };
}
