/** What the master key is for: sealing secrets that the database keeps, and deriving keys with one purpose each. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

export interface Encryption {
  /** Encrypts text; the context must be given again to open it, so a sealed text cannot be moved elsewhere. */
  encrypt(text: string, context: string): string;
  /** @throws Error when the master key or the context is another, or the text was changed */
  decrypt(sealed: string, context: string): string;
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
      const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `v1.${sealed.toString("base64url")}`;
    },
    decrypt(sealed, context) {
      const bytes = Buffer.from(sealed.replace(/^v1\./, ""), "base64url");
      const decipher = createDecipheriv("aes-256-gcm", encryptionKey, bytes.subarray(0, 12))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
    },
  };
}

/** SHA-256 as base64url: how secrets with enough randomness of their own are stored. */
export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
