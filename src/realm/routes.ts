/** The user-related routes of the App Services client API, in one table. */
import { createKey, deleteKey, disableKey, enableKey, getKey, listKeys } from "./api-keys.ts";
import { callFunction, getLocation, registerForPush, watchData } from "./app.ts";
import {
  callConfirmation,
  callReset,
  confirm,
  register,
  reset,
  sendConfirmation,
  sendReset,
} from "./email-password.ts";
import { link, logIn } from "./login.ts";
import type { Bearer, RealmAnswer, RealmRequest } from "./request.ts";
import { deleteUser, endSession, getProfile, refresh } from "./sessions.ts";

type Handler<Who extends Bearer | null> = (request: RealmRequest<Who>) => Promise<RealmAnswer>;

/**
 * - `public`: everyone; a token is ignored
 * - `user`: with an access token
 * - `session`: with a refresh token
 * - `recent …`: the same, of a session with a recent login
 */
type RouteAccess = "public" | "user" | "recent user" | "session" | "recent session";

export type Route = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Relative to `/api/client/v2.0`; parameters after `?` must be in the query. */
  readonly path: string;
  /** The text of App Services for a request without a token; absent: the usual one. */
  readonly missingToken?: string;
  /** The provider that must be enabled, which is checked before the body is read; logins name theirs in the path. */
  readonly provider?: string;
  /** The query parameter for the token of clients that cannot send headers. */
  readonly tokenParameter?: string;
} & (
  | { readonly access: "public"; readonly handler: Handler<null> }
  | { readonly access: Exclude<RouteAccess, "public">; readonly handler: Handler<Bearer> }
);

const app = "/app/:appId";
const login = `${app}/auth/providers/:provider/login`;
const keys = { missingToken: "must authenticate first" } as const;
const userpass = `${app}/auth/providers/local-userpass`;
const passwords = { provider: "local-userpass" } as const;

// biome-ignore format: a table
export const routes: readonly Route[] = [
  { method: "GET",    path: `${app}/location`,               access: "public",         handler: getLocation },
  { method: "POST",   path: `${login}?link=true`,            access: "user",           handler: link },
  { method: "POST",   path: login,                           access: "public",         handler: logIn },
  { method: "POST",   path: `${userpass}/register`,          access: "public",         handler: register, ...passwords },
  { method: "POST",   path: `${userpass}/confirm`,           access: "public",         handler: confirm, ...passwords },
  { method: "POST",   path: `${userpass}/confirm/send`,      access: "public",         handler: sendConfirmation, ...passwords },
  { method: "POST",   path: `${userpass}/confirm/call`,      access: "public",         handler: callConfirmation, ...passwords },
  { method: "POST",   path: `${userpass}/reset`,             access: "public",         handler: reset, ...passwords },
  { method: "POST",   path: `${userpass}/reset/send`,        access: "public",         handler: sendReset, ...passwords },
  { method: "POST",   path: `${userpass}/reset/call`,        access: "public",         handler: callReset, ...passwords },
  { method: "POST",   path: `${app}/functions/call`,         access: "user",           handler: callFunction },
  { method: "GET",    path: `${app}/functions/call`,         access: "user",           handler: watchData, tokenParameter: "baas_at" },
  { method: "PUT",    path: `${app}/push/providers/:service/registration`, access: "public", handler: registerForPush },
  { method: "DELETE", path: `${app}/push/providers/:service/registration`, access: "public", handler: registerForPush },
  { method: "GET",    path: "/auth/profile",                 access: "user",           handler: getProfile },
  { method: "POST",   path: "/auth/session",                 access: "session",        handler: refresh },
  { method: "DELETE", path: "/auth/session",                 access: "session",        handler: endSession },
  { method: "DELETE", path: "/auth/delete",                  access: "recent user",    handler: deleteUser },
  { method: "POST",   path: "/auth/api_keys",                access: "recent session", handler: createKey, ...keys, provider: "api-key" },
  { method: "GET",    path: "/auth/api_keys",                access: "session",        handler: listKeys, ...keys },
  { method: "GET",    path: "/auth/api_keys/:id",            access: "session",        handler: getKey, ...keys },
  { method: "PUT",    path: "/auth/api_keys/:id/enable",     access: "recent session", handler: enableKey, ...keys },
  { method: "PUT",    path: "/auth/api_keys/:id/disable",    access: "session",        handler: disableKey, ...keys },
  { method: "DELETE", path: "/auth/api_keys/:id",            access: "session",        handler: deleteKey, ...keys },
];
