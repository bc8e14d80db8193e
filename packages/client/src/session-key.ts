/**
 * The key of key-bound sessions (DPoP, RFC 9449): tokens are worth nothing without proofs by it, and scripts can use it but not
 * read it.
 */
import { readClaims } from "./token-claims.ts";

/** What a request to a server that verifies access tokens is. */
export interface Target {
  readonly url: string;
  /** `POST` unless given. */
  readonly method?: string | undefined;
}

export interface SessionKey {
  /** By which tokens name it (RFC 7638), and whether the next page will have it. */
  identify(): Promise<{ readonly thumbprint: string; readonly isStored: boolean }>;
  /** A proof for one request. */
  prove(target: Target, token: string | null): Promise<string>;
  /** Corrects the clock of this device to the gateway's, which it says when a proof is too old or too new. */
  setTime(serverTimeSeconds: number): void;
}

interface Loaded {
  readonly privateKey: CryptoKey;
  readonly jwk: { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string };
  readonly thumbprint: string;
  readonly isStored: boolean;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export function createSessionKey(name: string): SessionKey {
  let offsetSeconds = 0;
  let loading: Promise<Loaded> | undefined;
  const load = (): Promise<Loaded> => {
    loading ??= loadKey(name);
    return loading;
  };
  const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
  return {
    identify: load,
    setTime(serverTimeSeconds) {
      offsetSeconds = serverTimeSeconds - nowSeconds();
    },
    async prove({ url, method = "POST" }, token) {
      const { jwk, privateKey } = await load();
      const { origin, pathname } = new URL(url, globalThis.location?.href);
      const claims = {
        jti: encode(crypto.getRandomValues(new Uint8Array(16))),
        htm: method,
        htu: origin + pathname,
        iat: nowSeconds() + offsetSeconds,
        ...(token && { ath: await sha256(token) }),
      };
      const input = `${encodeJson({ typ: "dpop+jwt", alg: "ES256", jwk })}.${encodeJson(claims)}`;
      const signature = await crypto.subtle.sign(ALGORITHM, privateKey, bytesOf(input));
      return `${input}.${encode(new Uint8Array(signature))}`;
    },
  };
}

/** Whether a token is worth something only with a proof. */
export const isBound = (token: string): boolean => thumbprintOf(token) !== null;

/** The key that a token is bound to; null for none. */
export function thumbprintOf(token: string): string | null {
  const { cnf } = readClaims(token) as { cnf?: { jkt?: unknown } };
  return typeof cnf?.jkt === "string" ? cnf.jkt : null;
}

async function loadKey(name: string): Promise<Loaded> {
  const { pair, isStored } = await openPair(name);
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const jwk = { crv: String(crv), kty: String(kty), x: String(x), y: String(y) };
  // Its members in this order (RFC 7638 §3.2).
  return { privateKey: pair.privateKey, jwk, thumbprint: await sha256(JSON.stringify(jwk)), isStored };
}

const newPair = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);

/** Where IndexedDB is missing or forbidden, the key lasts as long as the page. */
async function openPair(name: string): Promise<{ pair: CryptoKeyPair; isStored: boolean }> {
  try {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    const database = await settled(opening);
    const stored = await settled<CryptoKeyPair | undefined>(
      database.transaction("keys").objectStore("keys").get("session"),
    );
    if (stored) return { pair: stored, isStored: true };
    const made = await newPair();
    const keys = database.transaction("keys", "readwrite").objectStore("keys");
    // In one transaction: another tab may have made one meanwhile, which then counts.
    const earlier = await settled<CryptoKeyPair | undefined>(keys.get("session"));
    if (!earlier) await settled(keys.put(made, "session"));
    return { pair: earlier ?? made, isStored: true };
  } catch {
    return { pair: await newPair(), isStored: false };
  }
}

const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const encodeJson = (value: object): string => encode(bytesOf(JSON.stringify(value)));

const sha256 = async (text: string): Promise<string> =>
  encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text))));
