/** What a handler gets, and what it gives back. */

import type { ClientInfo } from "../client-info.ts";
import type { Caller } from "../identity/sessions/sessions.ts";
import type { Services } from "../services.ts";

export interface RealmSettings {
  /** The app id that clients were built with; another one is unknown here. */
  readonly appId: string;
  /** Where clients reach this gateway; null while that is an address of this machine, and the client knows a better one. */
  readonly publicUrl: string | null;
}

/** Who sent a request, according to its token. */
export interface Bearer {
  readonly caller: Caller;
  /** The device that the token was made for; null when it does not say. */
  readonly deviceId: string | null;
}

export interface RealmRequest<Who extends Bearer | null = Bearer | null> {
  readonly services: Services;
  readonly settings: RealmSettings;
  readonly who: Who;
  readonly client: ClientInfo;
  /** This gateway's address for the client, without a slash at its end. */
  readonly address: string;
  readonly params: Readonly<Record<string, string>>;
  /** The first of each. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Plain values: what was EJSON is read already. Empty when nothing was sent. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A success. Without a body there is no content type either, for clients parse whatever has one. */
export interface RealmAnswer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}

export const done: RealmAnswer = { status: 204 };
