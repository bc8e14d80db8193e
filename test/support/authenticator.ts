/** An authenticator in software, and the browser in front of it: what `navigator.credentials` would return as JSON. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";

export type Algorithm = "ES256" | "RS256" | "EdDSA";

/** Bits of the flags of authenticator data (WebAuthn §6.1). */
export const flag = { present: 1, verified: 4, backupEligible: 8, backedUp: 16, attested: 64, extended: 128 };

export interface Key {
  readonly algorithm: Algorithm;
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly cose: ReadonlyMap<number, unknown>;
  userHandle: string;
  counter: number;
}

/** What differs from an honest ceremony. */
export interface Changes {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  flags?: number;
  counter?: number;
  crossOrigin?: boolean;
  /** The id in the response; in authenticator data it stays. */
  id?: string;
  userHandle?: string | null;
  /** Signs in place of the passkey's own. */
  signedBy?: Key;
  format?: string;
  statement?: ReadonlyMap<string, unknown>;
  cose?: ReadonlyMap<number, unknown>;
  clientData?: (json: string) => string;
  authenticatorData?: (bytes: Buffer) => Buffer;
  attestation?: (bytes: Buffer) => Buffer;
  signature?: (bytes: Buffer) => Buffer;
}

export interface ResponseJson {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment: string;
  clientExtensionResults: object;
  response: Record<string, unknown>;
}

export interface Site {
  readonly rpId: string;
  readonly origin: string;
}

const HONEST = flag.present | flag.verified | flag.backupEligible | flag.backedUp;

export function createKey(algorithm: Algorithm = "ES256"): Key {
  const { privateKey, publicKey } = pairs[algorithm]();
  const jwk = publicKey.export({ format: "jwk" });
  const bytes = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), "base64url"));
  const cose = {
    ES256: (): [number, unknown][] => [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(jwk.x)],
      [-3, bytes(jwk.y)],
    ],
    RS256: (): [number, unknown][] => [
      [1, 3],
      [3, -257],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ],
    EdDSA: (): [number, unknown][] => [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ],
  };
  return {
    algorithm,
    id: randomBytes(32).toString("base64url"),
    privateKey,
    cose: new Map(cose[algorithm]()),
    userHandle: "",
    counter: 0,
  };
}

const pairs: Readonly<Record<Algorithm, () => { privateKey: KeyObject; publicKey: KeyObject }>> = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
const encode = (bytes: Buffer | Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** CBOR (RFC 8949) of maps, text, numbers and bytes. */
export const cbor = (value: unknown): Buffer => Buffer.from(isoCBOR.encode(value as never));

function clientDataOf(type: string, challenge: string, { origin }: Site, changes: Changes): Buffer {
  const json = JSON.stringify({
    type: changes.type ?? type,
    challenge: changes.challenge ?? challenge,
    origin: changes.origin ?? origin,
    crossOrigin: changes.crossOrigin ?? false,
  });
  return Buffer.from(changes.clientData?.(json) ?? json);
}

function authenticatorDataOf(key: Key, { rpId }: Site, changes: Changes, attested: Buffer | null): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(changes.counter ?? key.counter);
  const flags = (changes.flags ?? HONEST) | (attested ? flag.attested : 0);
  const parts = [
    sha256(changes.rpId ?? rpId),
    Buffer.from([flags]),
    counter,
    ...(attested ? [attested] : []),
  ];
  const bytes = Buffer.concat(parts);
  return changes.authenticatorData?.(bytes) ?? bytes;
}

const wrap = (id: string, response: ResponseJson["response"]): ResponseJson => ({
  ...{ id, rawId: id, type: "public-key", authenticatorAttachment: "platform", clientExtensionResults: {} },
  response,
});

interface Options {
  readonly challenge: string;
  readonly user?: { readonly id: string };
}

/** As `navigator.credentials.create`. */
export function register(key: Key, options: Options, site: Site, changes: Changes = {}): ResponseJson {
  const id = Buffer.from(key.id, "base64url");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const attested = Buffer.concat([Buffer.alloc(16), length, id, cbor(changes.cose ?? key.cose)]);
  const attestation = cbor(
    new Map<string, unknown>([
      ["fmt", changes.format ?? "none"],
      ["attStmt", changes.statement ?? new Map()],
      ["authData", new Uint8Array(authenticatorDataOf(key, site, changes, attested))],
    ]),
  );
  if (options.user) key.userHandle = options.user.id;
  return wrap(changes.id ?? key.id, {
    clientDataJSON: encode(clientDataOf("webauthn.create", options.challenge, site, changes)),
    attestationObject: encode(changes.attestation?.(attestation) ?? attestation),
    transports: ["internal", "hybrid"],
  });
}

/** As `navigator.credentials.get`. */
export function use(key: Key, options: Options, site: Site, changes: Changes = {}): ResponseJson {
  const clientData = clientDataOf("webauthn.get", options.challenge, site, changes);
  const data = authenticatorDataOf(key, site, changes, null);
  const signed = Buffer.concat([data, sha256(clientData)]);
  const { algorithm, privateKey } = changes.signedBy ?? key;
  const signature = sign(algorithm === "EdDSA" ? null : "sha256", signed, privateKey);
  return wrap(changes.id ?? key.id, {
    clientDataJSON: encode(clientData),
    authenticatorData: encode(data),
    signature: encode(changes.signature?.(signature) ?? signature),
    userHandle: changes.userHandle === undefined ? key.userHandle : changes.userHandle,
  });
}
