/**
 * Parses keys in PEM. The same functions run when a key is saved and when it is used, so that every key that can be
 * saved can be used.
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { type Algorithm, algorithmsOf, describeKey, MIN_RSA_BITS } from "./algorithms.ts";

/** Why a text is not a usable key, and what to give instead. The message quotes nothing of the text. */
export class KeyProblem extends Error {
  override readonly name = "KeyProblem";
}

const problem = (message: string): never => {
  throw new KeyProblem(message);
};

interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

/** Line breaks that are written as `\n`, as in JSON files and shells. */
const WRITTEN_LINE_BREAK = /\\r?\\n|\\n/g;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;

/** RFC 7468 §2: text outside of the block is ignored. @throws KeyProblem */
function readBlock(text: string): PemBlock {
  const blocks = [...text.replace(WRITTEN_LINE_BREAK, "\n").matchAll(BLOCK)];
  const [first, second] = blocks;
  if (second) {
    const labels = blocks.map(([, label]) => label).join(", ");
    return problem(`This has ${blocks.length} PEM blocks (${labels}). Give only that of the signing key.`);
  }
  if (!first) return problem(notPem(text));
  const [, label = "", body = ""] = first;
  const base64 = body.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    return problem(`The content of ${label} is not base64. Copy the whole file again.`);
  return { label, der: Buffer.from(base64, "base64") };
}

function notPem(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    return /"(d|k)"\s*:/.test(trimmed)
      ? "This is a JSON Web Key with its secret part. Consider it compromised: replace it, and give the new public key in PEM."
      : "This is a JSON Web Key (Set). Give the public key in PEM, or the URL of the key set as `jwksUrl`.";
  }
  if (/^(ssh-|ecdsa-sha2-)/.test(trimmed) || trimmed.includes("SSH2 PUBLIC KEY"))
    return "This is a key in the format of OpenSSH. Convert it: `ssh-keygen -e -m PKCS8 -f key.pub`.";
  if (/^https?:/.test(trimmed)) return "This is a URL. If it is that of a key set, give it as `jwksUrl`.";
  if (/^[A-Za-z0-9+/\s]{40,}={0,2}$/.test(trimmed))
    return "The lines around the key are missing: `-----BEGIN PUBLIC KEY-----` before it, `-----END PUBLIC KEY-----` after it.";
  return "This is not a public key in PEM: it begins with `-----BEGIN PUBLIC KEY-----` and ends with `-----END PUBLIC KEY-----`.";
}

const readers: Readonly<Record<string, (der: Buffer) => KeyObject>> = {
  "PUBLIC KEY": (key) => createPublicKey({ key, format: "der", type: "spki" }),
  "RSA PUBLIC KEY": (key) => createPublicKey({ key, format: "der", type: "pkcs1" }),
  CERTIFICATE: (der) => new X509Certificate(der).publicKey,
};

/** A public key: SPKI, PKCS #1, or that of an X.509 certificate, whose dates and issuer are not checked. @throws KeyProblem */
export function readPublicKey(text: string): KeyObject {
  if (/PRIVATE KEY-----/.test(text)) {
    return problem(
      "This is a private key, which must never leave its issuer. Consider it compromised: replace it, and give the public key of the new one: `openssl pkey -in key.pem -pubout`.",
    );
  }
  const { label, der } = readBlock(text);
  const reader = readers[label];
  if (!reader) {
    return problem(
      `PEM blocks of ${label} are not accepted. Give a PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE.`,
    );
  }
  try {
    return reader(der);
  } catch {
    return problem(`The content of ${label} is damaged. Copy the whole file again.`);
  }
}

/** The public key for signatures of these algorithms. @throws KeyProblem when it can verify none of them */
export function readVerifyingKey(text: string, algorithms: readonly string[]): KeyObject {
  const key = readPublicKey(text);
  const fitting: readonly string[] = algorithmsOf(key);
  if (fitting.length > 0 && !algorithms.some((algorithm) => fitting.includes(algorithm))) {
    return problem(
      `This is an ${describeKey(key)}, which does not fit the algorithms ${algorithms.join(", ")}. Set algorithms to ${fitting.join(" or ")}, or give another key.`,
    );
  }
  if (fitting.length > 0) return key;
  return key.asymmetricKeyType === "rsa"
    ? problem(
        `This is an ${describeKey(key)}; at least ${MIN_RSA_BITS} are required (RFC 7518 §3.3). Generate a new key pair.`,
      )
    : problem(
        `This is an ${describeKey(key)}, which no accepted algorithm uses. Give an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 key.`,
      );
}

/** A private key in PKCS #8, the format of Apple's .p8 files. @throws KeyProblem */
export function readSigningKey(text: string, algorithm: Algorithm): KeyObject {
  if (!/-----BEGIN/.test(text) && !/^[A-Za-z0-9+/\s]{40,}={0,2}$/.test(text.trim()))
    return problem("This is not a private key. Give the whole text of the .p8 file.");
  if (!/-----BEGIN/.test(text)) {
    return problem(
      "The lines around the key are missing: `-----BEGIN PRIVATE KEY-----` before it, `-----END PRIVATE KEY-----` after it.",
    );
  }
  const { label, der } = readBlock(text);
  if (label !== "PRIVATE KEY")
    return problem(`This is a PEM block of ${label}. Give the PRIVATE KEY of the .p8 file.`);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } catch {
    return problem("The content of PRIVATE KEY is damaged. Copy the whole file again.");
  }
  if (!algorithmsOf(key).includes(algorithm))
    return problem(
      `This is an ${describeKey(key)}, which cannot sign with ${algorithm}. Give the key of the .p8 file.`,
    );
  return key;
}

/** For a schema: the message of the KeyProblem that `read` throws; null if it throws none. */
export function keyProblem(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof KeyProblem) return error.message;
    throw error;
  }
}
