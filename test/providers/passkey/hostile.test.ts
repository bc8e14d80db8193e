/** Ceremonies that an attacker would send: none is accepted, each is INVALID_CREDENTIALS, and nothing is stored. */
import { createECDH } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Changes, cbor, createKey, flag, type Key, register, use } from "../../support/authenticator.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  type Login,
  loginAnonymously,
  startGateway,
} from "../../support/gateway.ts";
import {
  createOwner,
  deployPasskeys,
  linkWith,
  loginByPasskey,
  loginOptions,
  loginWith,
  registrationOptions,
  site,
} from "../../support/passkeys.ts";

const json = (change: (data: Record<string, unknown>) => unknown) => (text: string) =>
  JSON.stringify(change(JSON.parse(text)));
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, -1);
const longer = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([0])]);
const flipped = (at: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
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
  "an unknown id": { id: challenge },
};
const registrations: Readonly<Record<string, Changes>> = {
  ...both,
  "the type of a login": { type: "webauthn.get" },
  "an attestation that is cut": { attestation: cut },
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
/** Keys that would log no user in. */
const keys: Readonly<Record<string, () => { key: Key; changes: Changes }>> = {
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
const logins: Readonly<Record<string, Changes>> = {
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

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let guest: Login;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
    await deployPasskeys(gateway);
    guest = await loginAnonymously(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  const count = (): Promise<number[]> =>
    Promise.all(["users", "identities", "sessions", "passkeys"].map((table) => countRows(gateway, table)));
  const expectRejection = async (answer: ReturnType<typeof loginWith>): Promise<void> => {
    const before = await count();
    const { errors } = await answer;
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["INVALID_CREDENTIALS"]);
    expect(await count()).toEqual(before);
  };

  it("accepts what is honest, without a user handle too", async () => {
    const key = createKey();
    await createOwner(gateway, key);
    expect(codeOf(await loginByPasskey(gateway, key, { userHandle: null }))).toBeUndefined();
  });

  it.each(Object.entries(registrations))("rejects a registration with %s", async (_, changes) => {
    const options = await registrationOptions(gateway, guest.accessToken);
    await expectRejection(
      linkWith(gateway, guest.accessToken, register(createKey(), options, site, changes)),
    );
  });
  it.each(Object.entries(keys))("rejects a registration with %s", async (_, make) => {
    const { key, changes } = make();
    const options = await registrationOptions(gateway, guest.accessToken);
    await expectRejection(linkWith(gateway, guest.accessToken, register(key, options, site, changes)));
  });
  it.each(Object.entries(logins))("rejects a login with %s", async (_, changes) => {
    const key = createKey();
    await createOwner(gateway, key);
    await expectRejection(loginWith(gateway, use(key, await loginOptions(gateway), site, changes)));
  });
  it("rejects the passkey of one user under the handle or the id of another", async () => {
    const [mine, theirs] = [createKey(), createKey()];
    await createOwner(gateway, mine);
    await createOwner(gateway, theirs);
    await expectRejection(loginByPasskey(gateway, mine, { userHandle: theirs.userHandle }));
    await expectRejection(loginByPasskey(gateway, mine, { id: theirs.id }));
    await expectRejection(loginByPasskey(gateway, mine, { id: theirs.id, userHandle: theirs.userHandle }));
  });
});
