/** A subgraph that keeps the published keys for exactly as long as it may, and never asks sooner. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import type { TestClock } from "./gateway.ts";

export class KeyConsumer {
  readonly #url: () => string;
  readonly #clock: TestClock;
  #keys: ReturnType<typeof createLocalJWKSet> | null = null;
  #staleAfter = 0;

  /** @param url where it reads the keys; it may change when a gateway restarts on another port */
  constructor(url: () => string, clock: TestClock) {
    this.#url = url;
    this.#clock = clock;
  }

  /** @throws when the token is rejected */
  async verify(token: string): Promise<string> {
    const now = this.#clock.now();
    if (!this.#keys || +now > this.#staleAfter) await this.fetchKeys();
    if (!this.#keys) throw new Error("no keys");
    const issuer = "http://localhost:4000";
    const { payload } = await jwtVerify(token, this.#keys, { issuer, audience: issuer, currentDate: now });
    return String(payload.sub);
  }

  async fetchKeys(): Promise<void> {
    const response = await fetch(`${this.#url()}/.well-known/jwks.json`);
    const [, seconds] = /max-age=(\d+)/.exec(response.headers.get("cache-control") ?? "") ?? [];
    this.#keys = createLocalJWKSet((await response.json()) as JSONWebKeySet);
    this.#staleAfter = +this.#clock.now() + Number(seconds) * 1_000;
  }
}

export const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(String(token.split(".")[0]), "base64url").toString()).kid;

export const publishedKids = async (url: string): Promise<string[]> => {
  const response = await fetch(`${url}/.well-known/jwks.json`);
  return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
};
