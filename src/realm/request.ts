/** The request and the response of a handler. */

import type { Caller } from "../identity/sessions/sessions.ts";
import type { RequestContext } from "../request-context.ts";
import type { Services } from "../services.ts";

export interface RealmSettings {
  /** The only accepted app id: the setting APP_ID. */
  readonly appId: string;
  /** PUBLIC_URL; null if that is an address of this machine, where the request's own host is used instead. */
  readonly publicUrl: string | null;
}

/** The caller, according to its token. */
export interface Bearer {
  readonly caller: Caller;
  /** The device id in the token; null if there is none. */
  readonly deviceId: string | null;
}

export interface RealmRequest<Who extends Bearer | null = Bearer | null> {
  readonly services: Services;
  readonly settings: RealmSettings;
  readonly who: Who;
  readonly context: RequestContext;
  /** The gateway's URL for the client, without a trailing slash. */
  readonly address: string;
  readonly params: Readonly<Record<string, string>>;
  /** The first value of each parameter. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Plain values, already parsed from Extended JSON. Empty without a body. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A success. Without a body there is no content type, because clients parse every response that has one. */
export interface RealmAnswer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}

export const done: RealmAnswer = { status: 204 };
