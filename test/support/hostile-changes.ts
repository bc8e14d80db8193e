/** What an attacker would change of an honest ceremony, by name: each is to be rejected. */
import { createECDH } from "node:crypto";
import { type Changes, cbor, createKey, flag, type Key } from "./authenticator.ts";
import { site } from "./passkeys.ts";

const json = (change: (data: Record<string, unknown>) => unknown) => (text: string) =>
  JSON.stringify(change(JSON.parse(text)));
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, -1);
const longer = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([0])]);
const flipped = (at: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const replaced = (from: string, to: string) => (bytes: Buffer) =>
  Buffer.from(bytes.toString("hex").replace(from, to), "hex");
const challenge = "A".repeat(43);

/** Of both ceremonies. */
const both: Readonly<Record<string, Changes>> = {
  "another site's origin": { origin: "https://evil.example" },
  "an origin with a slash": { origin: `${site.origin}/` },
  "an origin in another case": { origin: site.origin.toUpperCase() },
  "an origin that begins like it": { origin: `${site.origin}.evil.example` },
  "the origin over http": { origin: "http://app.example.com" },
  "another port": { origin: `${site.origin}:8443` },
  "another subdomain": { origin: "https://evil.example.com" },
  "no origin": { clientData: json(({ origin: _, ...rest }) => rest) },
  "a list of origins": { clientData: json((data) => ({ ...data, origin: [site.origin] })) },
  "another relying party id": { rpId: "evil.example" },
  "the parent's relying party id": { rpId: "com" },
  "an unknown challenge": { challenge },
  "an empty challenge": { challenge: "" },
  "no challenge": { clientData: json(({ challenge: _, ...rest }) => rest) },
  "another type": { type: "payment.get" },
  "a frame of another site": { crossOrigin: true },
  "no user presence": { flags: flag.verified },
  "a backup that is not possible": { flags: flag.present | flag.backedUp },
  "extensions that are missing": { flags: flag.present | flag.extended },
  "authenticator data that is cut": { authenticatorData: cut },
  "authenticator data that is longer": { authenticatorData: longer },
  "authenticator data of 36 bytes": { authenticatorData: (bytes) => bytes.subarray(0, 36) },
  "client data that is not JSON": { clientData: (text) => text.slice(0, -1) },
  "client data that is a list": { clientData: (text) => `[${text}]` },
  "client data that is null": { clientData: () => "null" },
  "client data nested deep": { clientData: () => "[".repeat(4_000) },
  "client data of 5,000 bytes": { clientData: json((data) => ({ ...data, x: "x".repeat(5_000) })) },
  "the frame's top origin": { clientData: json((data) => ({ ...data, topOrigin: "https://evil.example" })) },
  "client data behind a byte order mark": { clientData: (text) => `\ufeff${text}` },
  "an unknown id": { id: challenge },
};
export const registrations: Readonly<Record<string, Changes>> = {
  ...both,
  "the type of a login": { type: "webauthn.get" },
  "an attestation that is cut": { attestation: cut },
  "an attestation that is longer": { attestation: longer },
  "a key of which a part claims more than there is": { attestation: replaced("225820", "225830") },
  "authenticator data that claims more than there is": { attestation: replaced("746158a4", "746158ff") },
  "a statement that is a number": { attestation: replaced("53746d74a0", "53746d7403") },
  "an attestation of one byte": { attestation: (bytes) => bytes.subarray(0, 1) },
  "an attestation that is empty": { attestation: () => Buffer.alloc(0) },
  "an attestation that is no map": { attestation: () => cbor("none") },
  "an attestation without data": { attestation: () => cbor(new Map([["fmt", "none"]])) },
  "an attestation of 9,000 bytes": { attestation: (bytes) => Buffer.concat([bytes, Buffer.alloc(9_000)]) },
  "a list that claims 2^32 items": { attestation: () => Buffer.from("9affffffff", "hex") },
  "a text that claims 2^64 bytes": { attestation: () => Buffer.from("7bffffffffffffffff", "hex") },
  "lists nested deep": { attestation: () => Buffer.alloc(8_000, 0x81) },
  "an unknown format": { format: "evil" },
  "the format none with a statement": { statement: new Map([["sig", new Uint8Array(8)]]) },
  "a self attestation with a wrong signature": {
    format: "packed",
    statement: new Map<string, unknown>([
      ["alg", -7],
      ["sig", new Uint8Array(70)],
    ]),
  },
  ...Object.fromEntries(
    ["packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple"].map((format) => [
      `certificates of the format ${format}`,
      {
        format,
        statement: new Map<string, unknown>([
          ["alg", -7],
          ["x5c", [new Uint8Array(300)]],
        ]),
      },
    ]),
  ),
};
const keyed =
  (change: (key: Map<number, unknown>) => unknown, algorithm: Key["algorithm"] = "ES256") =>
  () => {
    const key = createKey(algorithm);
    const cose = new Map(key.cose);
    change(cose);
    return { key, changes: { cose } };
  };
const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);
/** Registrations of keys that would log no user in. */
export const keys: Readonly<Record<string, () => { key: Key; changes: Changes }>> = {
  "no key": keyed((key) => key.clear()),
  "a key without y": keyed((key) => key.delete(-3)),
  "a key with a short x": keyed((key) => key.set(-2, ones(31))),
  "a point that is not on the curve": keyed((key) => key.set(-3, ones(32))),
  "a point at zero": keyed((key) => key.set(-2, new Uint8Array(32)).set(-3, new Uint8Array(32))),
  "another curve": keyed((key) => {
    const point = createECDH("secp256k1").generateKeys();
    key
      .set(-1, 8)
      .set(-2, new Uint8Array(point.subarray(1, 33)))
      .set(-3, new Uint8Array(point.subarray(33)));
  }),
  "another algorithm": keyed((key) => key.set(3, -35)),
  "an algorithm that does not fit the key": keyed((key) => key.set(3, -257)),
  "an algorithm in words": keyed((key) => key.set(3, "ES256")),
  "an Ed25519 key of 31 bytes": keyed((key) => key.set(-2, ones(31)), "EdDSA"),
  "an Ed25519 key that is no point": keyed((key) => {
    const two = new Uint8Array(32);
    two[0] = 2;
    key.set(-2, two);
  }, "EdDSA"),
  "an Ed25519 key beyond the field": keyed((key) => key.set(-2, new Uint8Array(32).fill(255)), "EdDSA"),
  "an RSA key of 1,024 bits": keyed((key) => key.set(-1, ones(128)), "RS256"),
  "an RSA key of 8,192 bits": keyed((key) => key.set(-1, ones(1_024)), "RS256"),
  "an RSA key without exponent": keyed((key) => key.delete(-2), "RS256"),
};
export const logins: Readonly<Record<string, Changes>> = {
  ...both,
  "the type of a registration": { type: "webauthn.create" },
  "a signature that is cut": { signature: cut },
  "a signature that is longer": { signature: longer },
  "a signature with one bit changed": { signature: flipped(40) },
  "a signature of zeros": { signature: (bytes) => Buffer.alloc(bytes.length) },
  "a signature of one byte": { signature: () => Buffer.alloc(1) },
  "a signature of another key": { signedBy: createKey() },
  "a signature of another algorithm": { signedBy: createKey("EdDSA") },
  "an unknown user handle": { userHandle: Buffer.from("unknown").toString("base64url") },
  "a user handle of 100 bytes": { userHandle: "A".repeat(136) },
};
