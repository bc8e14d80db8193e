/** Generates, encrypts and decrypts one key pair. signing-keys.ts decides when it signs and how long it is published. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { EntityManager } from "typeorm";
import { insertRows } from "../../database/insert-rows.ts";
import type { Encryption } from "../../encryption.ts";
import { SigningKey } from "../../entities/signing-key.ts";

/** @returns its `kid`, the thumbprint of the public half (RFC 7638) */
export async function storeNewKey(
  manager: EntityManager,
  encryption: Encryption,
  { now, signsFrom, tokenSeconds }: { now: Date; signsFrom: Date; tokenSeconds: number },
): Promise<string> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = pair.publicKey.export({ format: "jwk" }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  const pkcs8 = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const row: SigningKey = {
    kid,
    publicJwk: { ...jwk, kid, use: "sig", alg: "ES256" },
    privateKeyEncrypted: encryption.encrypt(pkcs8, `signing-key:${kid}`),
    createdAt: now,
    signsFrom,
    longestTokenSeconds: tokenSeconds,
  };
  await insertRows(manager, { entity: SigningKey, rows: [row] });
  return kid;
}

/** The database was encrypted with another master key. */
export class WrongMasterKeyError extends Error {
  override readonly name = "WrongMasterKeyError";
}

/** @throws WrongMasterKeyError */
export function decryptPrivateKey(encryption: Encryption, row: SigningKey): KeyObject {
  let pem: string;
  try {
    pem = encryption.decrypt(row.privateKeyEncrypted, `signing-key:${row.kid}`);
  } catch (cause) {
    throw new WrongMasterKeyError(
      "MASTER_KEY cannot decrypt the signing keys in this database. Set it to the master key with which the database was created.",
      { cause },
    );
  }
  return createPrivateKey(pem);
}
