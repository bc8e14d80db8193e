/** Thousands of responses with something changed at random: none is accepted for what its key did not sign. */
import { randomBytes, randomInt } from "node:crypto";
import { expect, it } from "@jest/globals";
import type { Passkey } from "../../../src/entities/passkey.ts";
import { PasserbyError } from "../../../src/errors.ts";
import { verifyAssertion, verifyRegistration } from "../../../src/providers/passkey/ceremonies.ts";
import { readResponse } from "../../../src/providers/passkey/response.ts";
import { settings } from "../../../src/providers/passkey/settings.ts";
import { createKey, type ResponseJson, register, use } from "../../support/authenticator.ts";

const site = { rpId: "example.com", origin: "https://app.example.com" };
const parsed = settings.parse({ rpId: site.rpId, rpName: "Shop", origins: [site.origin] });
const challenge = randomBytes(32).toString("base64url");
const expected = { settings: parsed, challenge };

/** One member of the response, changed somewhere: a byte, the length, or something else altogether. */
function mutate(response: ResponseJson, members: readonly string[]): ResponseJson {
  const member = members[randomInt(members.length)] as string;
  const bytes = Buffer.from(String(response.response[member]), "base64url");
  const at = randomInt(bytes.length);
  const changed = [
    () => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ (1 << randomInt(8)) : byte))),
    () => Buffer.from(bytes.map((byte, index) => (index === at ? (byte + 1 + randomInt(255)) % 256 : byte))),
    () => bytes.subarray(0, at),
    () => bytes.subarray(at + 1),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([randomInt(256)]), bytes.subarray(at)]),
    () => Buffer.concat([bytes, bytes.subarray(at)]),
  ][randomInt(6)]?.() as Buffer;
  return { ...response, response: { ...response.response, [member]: changed.toString("base64url") } };
}
const isSame = (one: ResponseJson, other: ResponseJson): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

async function outcomeOf(verify: () => Promise<unknown>): Promise<string> {
  try {
    await verify();
    return "ACCEPTED";
  } catch (error) {
    return error instanceof PasserbyError ? error.code : String(error);
  }
}
const registered = async (response: ResponseJson) => {
  const answer = readResponse(response);
  if (answer?.kind !== "registration" || answer.challenge !== challenge)
    throw new PasserbyError("INVALID_CREDENTIALS");
  return verifyRegistration(answer.json, expected);
};
const used = async (response: ResponseJson, passkey: Passkey) => {
  const answer = readResponse(response);
  if (answer?.kind !== "login" || answer.challenge !== challenge)
    throw new PasserbyError("INVALID_CREDENTIALS");
  return verifyAssertion(answer.json, { ...expected, passkey });
};

it.each(["ES256", "RS256", "EdDSA"] as const)(
  "accepts none of 2,000 changed logins with %s",
  async (algorithm) => {
    const key = createKey(algorithm);
    const passkey = (await registered(register(key, { challenge }, site))) as unknown as Passkey;
    const honest = use(key, { challenge }, site, { userHandle: null });
    expect(await outcomeOf(() => used(honest, passkey))).toBe("ACCEPTED");
    const outcomes = new Set<string>();
    for (let round = 0; round < 2_000; round++) {
      const hostile = mutate(honest, ["clientDataJSON", "authenticatorData", "signature"]);
      if (!isSame(honest, hostile)) outcomes.add(await outcomeOf(() => used(hostile, passkey)));
    }
    expect([...outcomes]).toEqual(["INVALID_CREDENTIALS"]);
  },
);

it.each(["ES256", "EdDSA"] as const)(
  "accepts of 2,000 changed registrations with %s only those that its key can use",
  async (algorithm) => {
    const key = createKey(algorithm);
    const honest = register(key, { challenge }, site);
    const outcomes = new Set<string>();
    for (let round = 0; round < 2_000; round++) {
      const hostile = mutate(honest, ["clientDataJSON", "attestationObject"]);
      const passkey = await registered(hostile).catch((error) => error);
      if (passkey instanceof Error) outcomes.add(await outcomeOf(() => Promise.reject(passkey)));
      // Without an attestation only the key and its id are certain; a changed Ed25519 key is another key, or none.
      else if (algorithm === "ES256") {
        const login = use(key, { challenge }, site, { counter: 0xffff_ffff, userHandle: null });
        expect(await outcomeOf(() => used(login, passkey as Passkey))).toBe("ACCEPTED");
      }
    }
    expect([...outcomes]).toEqual(["INVALID_CREDENTIALS"]);
  },
);
