/** An OpenID Connect provider that is honest until a test tells it which lie to tell. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type KeyObject, SignJWT } from "jose";

/** @param honest what it would have answered */
type Lie = (response: ServerResponse, request: IncomingMessage, honest?: object) => void;

/** What the provider does instead of the truth; absent, it is honest. */
export interface Lies {
  discovery?: Lie;
  keys?: Lie;
  token?: Lie;
  userinfo?: Lie;
}

export const lies = {
  json:
    (value: unknown): Lie =>
    (response) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(value)),
  page: ((response) => response.setHeader("content-type", "text/html").end("<h1>Hello</h1>")) satisfies Lie,
  error: ((response) => response.writeHead(500).end("{}")) satisfies Lie,
  silence: (() => {}) satisfies Lie,
  /** True, and more than half a megabyte. */
  huge: ((response, _request, honest) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...honest, padding: "x".repeat(600_000) }));
  }) satisfies Lie,
  /** Begins to answer at once, and never comes to an end. */
  trickle: ((response) => {
    response.setHeader("content-type", "application/json").write("{");
    const timer = setInterval(() => response.write(" "), 200);
    response.on("close", () => clearInterval(timer));
  }) satisfies Lie,
  /** To where the truth is. */
  redirect: ((response, request) =>
    response.writeHead(307, { location: `/moved${request.url}` }).end()) satisfies Lie,
};

interface Signature {
  key?: CryptoKey | KeyObject | Uint8Array;
  kid?: string | null;
  alg?: string;
}

export interface LyingProvider {
  readonly issuer: string;
  readonly settings: { issuer: string; clientIds: string[]; redirectUris: string[] };
  readonly lies: Lies;
  /** The keys that it publishes. */
  readonly published: JWK[];
  readonly publicKey: CryptoKey;
  /** How often each path was asked for. */
  readonly requests: Map<string, number>;
  /** Where a browser goes to be sent back, with this code, without being asked anything. */
  readonly code: string;
  signIdToken(claims: Record<string, unknown>, now: Date, signature?: Signature): Promise<string>;
  stop(): Promise<void>;
}

export async function startLyingProvider(redirectUri: string): Promise<LyingProvider> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const published: JWK[] = [{ ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" }];
  const told: Lies = {};
  const requests = new Map<string, number>();
  const code = "a-code";
  let issuer = "";

  const honest: Record<string, [name: keyof Lies, answer: () => object]> = {
    "/.well-known/openid-configuration": [
      "discovery",
      () => ({
        issuer,
        jwks_uri: `${issuer}/keys`,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        id_token_signing_alg_values_supported: ["RS256"],
      }),
    ],
    "/keys": ["keys", () => ({ keys: published })],
    "/token": ["token", () => ({ error: "invalid_grant" })],
    "/userinfo": ["userinfo", () => ({})],
  };
  const server = createServer((request, response) => {
    const { pathname: asked, searchParams } = new URL(String(request.url), issuer);
    const isMoved = asked.startsWith("/moved/");
    const pathname = asked.replace("/moved", "");
    requests.set(pathname, (requests.get(pathname) ?? 0) + 1);
    if (pathname === "/authorize") {
      const back = new URL(String(searchParams.get("redirect_uri")));
      back.search = String(new URLSearchParams({ code, state: String(searchParams.get("state")) }));
      return response.writeHead(303, { location: back.href }).end();
    }
    const [name, answer] = honest[pathname] ?? [];
    if (!name || !answer) return response.writeHead(404).end();
    const lie = isMoved && told[name] === lies.redirect ? undefined : told[name];
    return (lie ?? lies.json(answer()))(response, request, answer());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    settings: { issuer, clientIds: ["app"], redirectUris: [redirectUri] },
    lies: told,
    published,
    publicKey,
    requests,
    code,
    signIdToken(claims, now, { key = privateKey, kid = "one", alg = "RS256" } = {}) {
      const seconds = Math.floor(+now / 1_000);
      const all = { iss: issuer, aud: "app", iat: seconds, exp: seconds + 300, ...claims };
      // A claim that is undefined is left out.
      return new SignJWT(all).setProtectedHeader({ alg, ...(kid !== null && { kid }) }).sign(key);
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
