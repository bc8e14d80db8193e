/**
 * Verifies the two ceremonies of WebAuthn (level 3 §7), without storing anything. SimpleWebAuthn is loaded by the first one:
 * with its parsers of attestations it would take an eighth of the gateway's start.
 */
import { createHash } from "node:crypto";
import type { Passkey } from "../../entities/passkey.ts";
import { PasserbyError } from "../../errors.ts";
import { findItemEnd } from "./cbor.ts";
import { algorithms, requireSignature, requireUsableKey } from "./public-key.ts";
import type { AssertionResponse, RegistrationResponse } from "./response.ts";
import type { Settings } from "./settings.ts";

interface Expected {
  readonly settings: Settings;
  readonly challenge: string;
}

export interface NewPasskey extends Pick<Passkey, "credentialId" | "publicKey" | "counter" | "isBackedUp"> {
  readonly isUserVerified: boolean;
}

/**
 * §7.1. No attestation is asked for, so statements that name a manufacturer are not verified, but rejected: that would
 * mean certificates, and requests for their revocation lists.
 * @throws PasserbyError INVALID_CREDENTIALS
 */
export const verifyRegistration = (json: RegistrationResponse, expected: Expected): Promise<NewPasskey> =>
  orInvalid(async () => {
    const encoded = bytesOf(json.response.attestationObject);
    if (findItemEnd(encoded) !== encoded.length) throw new Error("There are bytes behind the attestation.");
    const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
    const attestation = decodeAttestationObject(encoded);
    const [format, statement] = [attestation.get("fmt"), attestation.get("attStmt")];
    if (!(statement instanceof Map)) throw new Error("The attestation statement is no map.");
    const isSelfAttested = format === "packed" && statement.get("x5c") === undefined;
    if (format !== "none" && !isSelfAttested) throw new Error("It has an attestation.");
    const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...json, clientExtensionResults: {} } as never,
      ...common(expected),
      supportedAlgorithmIDs: algorithms,
    });
    const { credential, userVerified, credentialBackedUp } = required(registrationInfo);
    if (credential.id !== json.id) throw new Error("The credential id is not the attested one.");
    requireItems(attestation.get("authData"), ATTESTED_BYTES + bytesOf(credential.id).length);
    await requireUsableKey(credential.publicKey);
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString("base64url"),
      counter: credential.counter,
      isBackedUp: credentialBackedUp,
      isUserVerified: userVerified,
    };
  });

/** Of authenticator data (§6.1), before the credential id: relying party id, flags, counter, AAGUID, length of the id. */
const ATTESTED_BYTES = 32 + 1 + 4 + 16 + 2;

/** The key, and extensions if there are any; SimpleWebAuthn requires that no more follows. @throws Error */
function requireItems(authenticatorData: Uint8Array, start: number): void {
  for (let at = start; at < authenticatorData.length; ) at = findItemEnd(authenticatorData, at);
}

export interface UsedPasskey extends Pick<Passkey, "counter" | "isBackedUp"> {
  readonly isUserVerified: boolean;
}

/** §7.2. A counter that does not grow means a copied authenticator. @throws PasserbyError INVALID_CREDENTIALS */
export const verifyAssertion = (
  json: AssertionResponse,
  { passkey, ...expected }: Expected & { passkey: Passkey },
): Promise<UsedPasskey> =>
  orInvalid(async () => {
    const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...json, clientExtensionResults: {} } as never,
      ...common(expected),
      credential: {
        id: passkey.credentialId,
        publicKey: bytesOf(passkey.publicKey),
        counter: passkey.counter,
      },
    });
    if (!verified) throw new Error("The signature is wrong.");
    const { authenticatorData, clientDataJSON, signature } = json.response;
    const clientDataHash = createHash("sha256").update(bytesOf(clientDataJSON)).digest();
    await requireSignature(bytesOf(passkey.publicKey), {
      data: Buffer.concat([bytesOf(authenticatorData), clientDataHash]),
      signature: bytesOf(signature),
    });
    const { newCounter, credentialBackedUp, userVerified } = authenticationInfo;
    return { counter: newCounter, isBackedUp: credentialBackedUp, isUserVerified: userVerified };
  });

const common = ({ settings, challenge }: Expected) => ({
  expectedChallenge: challenge,
  expectedOrigin: settings.origins,
  expectedRPID: settings.rpId,
  requireUserVerification: settings.userVerification === "required",
});

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(base64url, "base64url"));

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The response is not valid.");
  return value;
}

/** Whatever the parsers throw: the response decides what they meet, so every error is the client's. */
async function orInvalid<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    throw new PasserbyError("INVALID_CREDENTIALS", { cause });
  }
}
