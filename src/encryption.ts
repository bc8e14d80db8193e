/** Uses of the master key: encrypting secrets in the database, and deriving keys for one purpose each. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

export interface Encryption {
  /** The context is needed to decrypt, so that a ciphertext cannot be used elsewhere. */
  encrypt(text: string, context: string): string;
  /** @throws Error when the master key or the context differs, or the ciphertext was changed */
  decrypt(ciphertext: string, context: string): string;
  /** A 32-byte key for one purpose (HKDF, RFC 5869). */
  deriveKey(purpose: string): Buffer;
}

export function createEncryption(masterKey: string): Encryption {
  const deriveKey = (purpose: string): Buffer =>
    Buffer.from(hkdfSync("sha256", masterKey, "passerby", purpose, 32));
  const encryptionKey = deriveKey("seal");
  return {
    deriveKey,
    encrypt(text, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", encryptionKey, nonce).setAAD(Buffer.from(context));
      const bytes = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `v1.${bytes.toString("base64url")}`;
    },
    decrypt(ciphertext, context) {
      const bytes = Buffer.from(ciphertext.replace(/^v1\./, ""), "base64url");
      const decipher = createDecipheriv("aes-256-gcm", encryptionKey, bytes.subarray(0, 12))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
    },
  };
}

/** SHA-256 as base64url, for secrets with enough entropy. */
export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
