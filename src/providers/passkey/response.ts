/** Reads what `PublicKeyCredential.toJSON()` gives (WebAuthn level 3 §5.1), bounded before anything is decoded. */
import { z } from "zod";

const base64url = (maxBytes: number, minBytes = 1) =>
  z
    .string()
    .min(Math.ceil((minBytes * 4) / 3))
    .max(Math.ceil((maxBytes * 4) / 3))
    .regex(/^[\w-]+$/);

/** §5.8.1 and §6.1: an authenticator chooses at least 16 random bytes, and at most 1,023 bytes. */
const credentialId = base64url(1_023, 16);
const clientDataJSON = base64url(4_096);

const registration = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(8_192),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/))
      .max(16)
      .optional(),
  }),
});

const assertion = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(2_048),
    signature: base64url(1_024),
    userHandle: base64url(64).nullish(),
  }),
});

/** The members of `CollectedClientData` (§5.8.1) that are read here; the origin is checked with the signature. */
const clientData = z.object({
  challenge: base64url(64),
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.undefined().optional(),
});

export type RegistrationResponse = z.infer<typeof registration>;
export type AssertionResponse = z.infer<typeof assertion>;

export type PasskeyResponse = { readonly challenge: string } & (
  | { readonly kind: "registration"; readonly json: RegistrationResponse }
  | { readonly kind: "login"; readonly json: AssertionResponse }
);

/** @returns null when it cannot be a response to any challenge, or comes from a frame of another site */
export function readResponse(given: unknown): PasskeyResponse | null {
  const created = registration.safeParse(given);
  const used = created.success ? null : assertion.safeParse(given);
  const challenge = readChallenge((created.data ?? used?.data)?.response.clientDataJSON);
  if (challenge === null) return null;
  if (created.success) return { kind: "registration", challenge, json: created.data };
  return used?.data ? { kind: "login", challenge, json: used.data } : null;
}

function readChallenge(encoded: string | undefined): string | null {
  if (encoded === undefined) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(encoded, "base64url").toString());
  } catch {
    return null;
  }
  const { data } = clientData.safeParse(parsed);
  return data?.challenge ?? null;
}
