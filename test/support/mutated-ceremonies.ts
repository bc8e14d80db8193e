/** Honest responses with something changed that makes them wrong, drawn at random. */
import type { ResponseJson } from "./authenticator.ts";
import type { Random } from "./random.ts";

const bytesOf = (response: ResponseJson, member: string): Buffer =>
  Buffer.from(String(response.response[member]), "base64url");
const withMember = (response: ResponseJson, member: string, bytes: Buffer): ResponseJson => ({
  ...response,
  response: { ...response.response, [member]: bytes.toString("base64url") },
});

/** A bit, a byte, the length or the end of it changed, at a position. */
function mutateBytes(bytes: Buffer, at: number, random: Random): Buffer {
  const changed = random.pick([
    () => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte))),
    () =>
      Buffer.from(bytes.map((byte, index) => (index === at ? (byte + 1 + random.below(255)) % 256 : byte))),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), bytes]),
  ])();
  return changed.equals(bytes) ? mutateBytes(bytes, at, random) : changed;
}

/** Everything in it is signed. */
export function mutateLogin(response: ResponseJson, random: Random): ResponseJson {
  const member = random.pick(["clientDataJSON", "authenticatorData", "signature"]);
  const bytes = bytesOf(response, member);
  return withMember(response, member, mutateBytes(bytes, random.below(bytes.length), random));
}

/** Flags, counter and AAGUID of the authenticator data, which nothing vouches for where there is no attestation. */
const UNVOUCHED = { from: 32, to: 53 };

/** Without attestation nothing is signed: what is changed is what must fit the ceremony, the id or the curve. */
export function mutateRegistration(response: ResponseJson, random: Random): ResponseJson {
  if (random.chance(0.4)) {
    const bytes = bytesOf(response, "clientDataJSON");
    const changed = mutateBytes(bytes, random.below(bytes.length), random);
    return isSameClientData(bytes, changed)
      ? mutateRegistration(response, random)
      : withMember(response, "clientDataJSON", changed);
  }
  const bytes = bytesOf(response, "attestationObject");
  const text = Buffer.from("authData");
  // Behind the name: the type, one or two bytes of length, and the authenticator data.
  const start =
    bytes.indexOf(text) + text.length + ((bytes[bytes.indexOf(text) + text.length] ?? 0) & 1 ? 3 : 2);
  const at = random.below(bytes.length);
  const isUnvouched = at >= start + UNVOUCHED.from && at < start + UNVOUCHED.to;
  return isUnvouched
    ? withMember(response, "attestationObject", bytes.subarray(0, at))
    : withMember(response, "attestationObject", mutateBytes(bytes, at, random));
}

/** Such as with a space more. */
function isSameClientData(one: Buffer, other: Buffer): boolean {
  const read = (bytes: Buffer): string => {
    const { type, challenge, origin, crossOrigin, topOrigin } = JSON.parse(bytes.toString());
    return JSON.stringify([type, challenge, origin, crossOrigin ?? false, topOrigin]);
  };
  try {
    return read(one) === read(other);
  } catch {
    return false;
  }
}

/** A member left out, or of another kind. */
export function mutateMember(response: ResponseJson, random: Random): ResponseJson {
  const isInner = random.chance(0.6);
  const ignored = ["authenticatorAttachment", "clientExtensionResults", "transports", "userHandle"];
  const target = isInner ? response.response : (response as unknown as Record<string, unknown>);
  const member = random.pick(Object.keys(target).filter((name) => !ignored.includes(name)));
  const value = random.pick<unknown>([
    ...[undefined, null, "", 0, true, [], {}, [target[member]], { value: target[member] }],
    ...[`${target[member]}=`, ` ${target[member]}`, "!", "A", "x".repeat(20_000), "\0", "public-key\n"],
  ]);
  const changed = { ...target, [member]: value };
  return isInner ? { ...response, response: changed } : (changed as unknown as ResponseJson);
}
