import { randomUUID } from "node:crypto";
import type { EntityManager } from "typeorm";
import type { z } from "zod";
import { Identity } from "../entities/identity.ts";
import { Passkey } from "../entities/passkey.ts";
import { PasserbyError } from "../errors.ts";
import {
  type AnsweredChallenge,
  type ChallengeContext,
  type Provider,
  StaleVerificationError,
  type VerificationContext,
  type VerifiedIdentity,
} from "../identity/provider.ts";
import { isStorable } from "../text/storable-text.ts";
import { verifyAssertion, verifyRegistration } from "./passkey/ceremonies.ts";
import { algorithms } from "./passkey/public-key.ts";
import { type AssertionResponse, type RegistrationResponse, readResponse } from "./passkey/response.ts";
import { type Settings, settings } from "./passkey/settings.ts";

const MAX_PASSKEYS = 50;
const MAX_NAME = 100;

/** Passkeys: WebAuthn credentials, of which a user can have several. */
export const passkey: Provider<{ response: unknown }, Settings> = {
  name: "passkey",
  type: "passkey",
  displayName: "Passkey",
  canSignIn: true,
  onePerUser: false,
  canBeLinked: true,
  credentials: "passkey",
  settings: settings as unknown as z.ZodType<Settings>,
  // A signature cannot be guessed: wrong ones of others at the same address must not lock a passkey's owner out.
  cannotBeGuessed: true,
  accountOf: () => "",
  publicSettings: ({ rpId }) => ({ rpId }),

  challenges: {
    begin: (context) => (context.user ? registrationOptions(context) : loginOptions(context)),
    challengeOf: ({ response }) => readResponse(response)?.challenge ?? null,
  },

  async verify(context, { response }) {
    const answer = readResponse(response);
    const { challenge } = context;
    if (!answer || answer.kind !== challenge?.kind) throw new PasserbyError("INVALID_CREDENTIALS");
    return answer.kind === "registration"
      ? createPasskey(context, challenge, answer.json)
      : usePasskey(context, challenge, answer.json);
  },
};

/** Discoverable, so that a login needs no name; an authenticator that has a passkey of the user makes no second one. */
async function registrationOptions({
  settings,
  reads,
  challenge,
  seconds,
  user,
  name,
}: ChallengeContext<Settings>) {
  if (
    name !== null &&
    (name.trim() === "" || name.length > MAX_NAME || !isStorable(name) || /\p{Cc}/u.test(name))
  ) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `The name of a passkey has 1 to ${MAX_NAME} characters, without control characters.`,
    });
  }
  const userId = String(user?.id);
  const identities = await reads.findBy(Identity, { userId });
  const passkeys = await reads.findBy(Passkey, { identity: { userId } });
  requireRoom(passkeys.length);
  const { rpId, rpName, userVerification } = settings;
  // Shown in the browser's list of accounts.
  const userName = identities.find(({ email }) => email !== null)?.email ?? name ?? rpName;
  const { generateRegistrationOptions } = await import("@simplewebauthn/server");
  return generateRegistrationOptions({
    rpID: rpId,
    rpName,
    userName,
    userDisplayName: userName,
    userID: new TextEncoder().encode(userId),
    challenge: bytesOf(challenge),
    timeout: seconds * 1_000,
    attestationType: "none",
    excludeCredentials: passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: "required", userVerification },
    supportedAlgorithmIDs: algorithms,
  });
}

function requireRoom(passkeys: number): void {
  if (passkeys < MAX_PASSKEYS) return;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `This user has ${MAX_PASSKEYS} passkeys, the maximum. Unlink one first.`,
  });
}

/** Without a list of credentials, which would tell who has an account. */
async function loginOptions({ settings, challenge, seconds }: ChallengeContext<Settings>) {
  const { generateAuthenticationOptions } = await import("@simplewebauthn/server");
  return generateAuthenticationOptions({
    rpID: settings.rpId,
    challenge: bytesOf(challenge),
    timeout: seconds * 1_000,
    userVerification: settings.userVerification,
  });
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(base64url, "base64url"));

/**
 * A new passkey is always a new identity: its subject is chosen here. Were it the credential id, an attacker who registered a
 * key under the credential id of another user would be offered a merge with that user.
 */
async function createPasskey(
  { settings, reads, purpose, linkingUserId }: VerificationContext<Settings>,
  { challenge, name }: AnsweredChallenge,
  json: RegistrationResponse,
): Promise<VerifiedIdentity> {
  if (purpose !== "link" || linkingUserId === null) throw new PasserbyError("INVALID_CREDENTIALS");
  const { isUserVerified: _, ...verified } = await verifyRegistration(json, { settings, challenge });
  if (await reads.existsBy(Passkey, { credentialId: verified.credentialId }))
    throw new PasserbyError("INVALID_CREDENTIALS");
  const id = randomUUID();
  return {
    ...{ subject: id, email: null, emailVerified: null, profile: null, name },
    attach: async (manager, identityId) => {
      // Again, under the lock of the user: options for any number of passkeys may have been given before.
      requireRoom(await manager.countBy(Passkey, { identity: { userId: linkingUserId } }));
      await manager.insert(Passkey, {
        id,
        identityId,
        ...verified,
        transports: json.response.transports ?? [],
      });
    },
  };
}

async function usePasskey(
  { settings, reads }: VerificationContext<Settings>,
  { challenge }: AnsweredChallenge,
  json: AssertionResponse,
): Promise<VerifiedIdentity> {
  const passkey = await reads.findOne(Passkey, {
    where: { credentialId: json.id },
    relations: { identity: true },
  });
  if (!passkey) throw new PasserbyError("INVALID_CREDENTIALS");
  const { userHandle } = json.response;
  // WebAuthn §7.2: the user handle is the id that the registration gave, of the user who has the passkey.
  if (userHandle && Buffer.from(userHandle, "base64url").toString() !== passkey.identity?.userId)
    throw new PasserbyError("INVALID_CREDENTIALS");
  const { isUserVerified, ...used } = await verifyAssertion(json, { settings, challenge, passkey });
  return {
    ...{ subject: passkey.id, email: null, emailVerified: null, profile: null },
    countsAsRecentLogin: isUserVerified,
    recheck: (manager) => storeUse(manager, passkey, used),
    // A passkey that was deleted meanwhile has no identity, and must not create a user.
    attach: async () => {
      throw new PasserbyError("INVALID_CREDENTIALS");
    },
  };
}

/** Under the counter that was compared: of two simultaneous uses, the second is verified against the first. */
async function storeUse(
  manager: EntityManager,
  { id, counter }: Passkey,
  used: Pick<Passkey, "counter" | "isBackedUp">,
): Promise<void> {
  const { affected } = await manager.update(Passkey, { id, counter }, used);
  if (affected !== 1) throw new StaleVerificationError();
}
