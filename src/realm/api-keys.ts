/** The user's API keys. */
import { PasserbyError } from "../errors.ts";
import { createApiKey, deleteApiKey, listApiKeys, setApiKeyDisabled } from "../identity/api-keys/api-keys.ts";
import type { OwnedApiKey } from "../identity/api-keys/stored-api-keys.ts";
import { readText } from "./body.ts";
import { badRequest, RealmError } from "./errors.ts";
import { type Bearer, done, type RealmAnswer, type RealmRequest } from "./request.ts";

/**
 * SDKs expect the id of a key to be an ObjectId, 12 bytes in hexadecimal; ids of the gateway have 16. Without the bytes in its middle it still has
 * the time and 48 random bits, and is looked up among the user's own keys, of which there are at most twenty.
 */
export const objectIdOf = (id: string): string => {
  const digits = id.replaceAll("-", "");
  return /^[0-9a-f]{32}$/.test(digits) ? digits.slice(0, 12) + digits.slice(20) : id;
};

const show = ({ id, name, disabledAt }: OwnedApiKey) => ({
  _id: objectIdOf(id),
  name,
  disabled: disabledAt !== null,
});

export async function createKey({
  services,
  context,
  who,
  body,
}: RealmRequest<Bearer>): Promise<RealmAnswer> {
  const { caller } = who;
  const name = readText(body, "name");
  const { apiKey, secret } = await createApiKey(services, context, {
    provider: "api-key",
    caller,
    name,
  }).catch(explainName);
  return { status: 201, body: { ...show(apiKey), key: secret } };
}

function explainName(error: unknown): never {
  const reason = error instanceof PasserbyError && error.details.reason;
  if (reason === "NAME_TAKEN") {
    throw new RealmError({
      status: 409,
      errorCode: "APIKeyAlreadyExists",
      error: "API key with name already exists",
      code: "BAD_USER_INPUT",
    });
  }
  if (reason === "NAME") {
    throw badRequest("can only contain ASCII letters, numbers, underscores, and hyphens", "InvalidParameter");
  }
  throw error;
}

export async function listKeys(request: RealmRequest<Bearer>): Promise<RealmAnswer> {
  return { status: 200, body: (await keysOf(request)).map(show) };
}

export async function getKey(request: RealmRequest<Bearer>): Promise<RealmAnswer> {
  return { status: 200, body: show(await findKey(request)) };
}

export const enableKey = (request: RealmRequest<Bearer>): Promise<RealmAnswer> => switchKey(request, false);
export const disableKey = (request: RealmRequest<Bearer>): Promise<RealmAnswer> => switchKey(request, true);

async function switchKey(request: RealmRequest<Bearer>, disabled: boolean): Promise<RealmAnswer> {
  const { services, context, who } = request;
  const { id } = await findKey(request);
  await setApiKeyDisabled(services, context, { caller: who.caller, id, disabled });
  return done;
}

export async function deleteKey(request: RealmRequest<Bearer>): Promise<RealmAnswer> {
  const { services, context, who } = request;
  const { id } = await findKey(request);
  await deleteApiKey(services, context, { caller: who.caller, id });
  return done;
}

const keysOf = ({ services, who }: RealmRequest<Bearer>): Promise<OwnedApiKey[]> =>
  listApiKeys(services.reads, [who.caller.user.id]);

/** @throws PasserbyError API_KEY_NOT_FOUND */
async function findKey(request: RealmRequest<Bearer>): Promise<OwnedApiKey> {
  const found = (await keysOf(request)).find(({ id }) => objectIdOf(id) === request.params.id);
  if (!found) throw new PasserbyError("API_KEY_NOT_FOUND");
  return found;
}
