/** A real OpenID Connect provider, whose login page a test fills in over HTTP or in a browser. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Account } from "oidc-provider";

const CLIENT = { id: "passerby", secret: "a-client-secret-of-32-characters!" };

export interface IdentityProvider {
  readonly issuer: string;
  /** What a gateway needs to know of it. */
  readonly settings: { issuer: string; clientIds: string[]; clientSecret: string; redirectUris: string[] };
  /** Walks through its pages as that person. @returns where the browser is sent back to */
  visit(url: string, person: string): Promise<URL>;
  /** Comes as far as its login page, and turns round there. */
  deny(url: string): Promise<URL>;
  /** An ID token as its SDKs would give one to an app. */
  signIdToken(claims: Record<string, unknown>, now: Date): Promise<string>;
  stop(): Promise<void>;
}

const page = (uid: string): string => `<!doctype html><title>Log in</title>
<form method="post" action="/interaction/${uid}"><input name="person" aria-label="Person"><button>Log in</button></form>
<a href="/interaction/${uid}/deny">Cancel</a>`;

/** @param redirectUri the only one that it knows */
export async function startIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  let handle = (_request: IncomingMessage, response: ServerResponse): unknown => response.end();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = "one";

  // It warns of keeping everything in memory, which is what a test wants, and of older versions of Node.js.
  const warnings = jest.spyOn(console, "warn").mockImplementation(() => {});
  const { Provider } = await import("oidc-provider");
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a key for cookies"] },
    features: { devInteractions: { enabled: false } },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["given_name"] },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    findAccount: (_context, sub): Account => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@Example.com`, email_verified: false, given_name: sub }),
    }),
    async loadExistingGrant({ oidc }) {
      const { client, account } = oidc;
      const grant = new oidc.provider.Grant({
        ...(client && { clientId: client.clientId }),
        ...(account && { accountId: account.accountId }),
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  const standard = provider.callback();
  warnings.mockRestore();
  handle = async (request, response) => {
    const [, uid, isDenied] = /^\/interaction\/([^/]+)(\/deny)?$/.exec(String(request.url)) ?? [];
    if (!uid) return standard(request, response);
    if (isDenied) return provider.interactionFinished(request, response, { error: "access_denied" });
    if (request.method !== "POST") return response.setHeader("content-type", "text/html").end(page(uid));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const accountId = String(new URLSearchParams(Buffer.concat(chunks).toString()).get("person"));
    return provider.interactionFinished(request, response, { login: { accountId } });
  };

  return {
    issuer,
    settings: { issuer, clientIds: [CLIENT.id], clientSecret: CLIENT.secret, redirectUris: [redirectUri] },
    visit: (url, person) =>
      walk(issuer, url, (uid) => [
        `/interaction/${uid}`,
        { method: "POST", body: new URLSearchParams({ person }) },
      ]),
    deny: (url) => walk(issuer, url, (uid) => [`/interaction/${uid}/deny`, {}]),
    signIdToken: (claims, now) => {
      const seconds = Math.floor(+now / 1_000);
      return new SignJWT({ iss: issuer, aud: CLIENT.id, iat: seconds, exp: seconds + 300, ...claims })
        .setProtectedHeader({ alg: "RS256", kid })
        .sign(privateKey);
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Follows redirects with cookies, as a browser would, until it leaves the provider. */
async function walk(
  issuer: string,
  start: string,
  answer: (uid: string) => [path: string, init: RequestInit],
): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  let init: RequestInit = {};
  for (let step = 0; step < 10; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name && value !== undefined) cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (!location) throw new Error(`${response.status} from ${url}: ${await response.text()}`);
    url = new URL(location, url);
    init = {};
    if (url.origin !== issuer) return url;
    const [, uid] = /^\/interaction\/([^/]+)$/.exec(url.pathname) ?? [];
    if (uid) {
      const [path, next] = answer(uid);
      url = new URL(path, issuer);
      init = next;
    }
  }
  throw new Error("The provider leads nowhere.");
}
