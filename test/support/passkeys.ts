/** Operations around passkeys, over HTTP. */
import { type Key, type ResponseJson, register, type Site, use } from "./authenticator.ts";
import {
  type Answer,
  deployProvider,
  type Gateway,
  type Login,
  loginAnonymously,
  type PublicGraph,
} from "./gateway.ts";

export const site: Site = { rpId: "example.com", origin: "https://app.example.com" };

/** Leaves what is live as it is when that is the same. */
export async function deployPasskeys(gateway: Gateway, settings: object = {}): Promise<void> {
  const given = { rpId: site.rpId, rpName: "Shop", origins: [site.origin], ...settings };
  try {
    await deployProvider(gateway, "passkey", true, given);
  } catch (error) {
    if (!String(error).includes("equal to the live version")) throw error;
    await gateway.admin("mutation { discardDraft }");
  }
}

export interface Options {
  challenge: string;
  user: { id: string; name: string };
  excludeCredentials: { id: string }[];
  [name: string]: unknown;
}

export const requestRegistration = (gateway: PublicGraph, token?: string, name?: string): Promise<Answer> =>
  gateway.graph(
    "mutation ($name: String) { passkeyRegistrationOptions(name: $name) { options expiresAt } }",
    { token, variables: { name } },
  );

export async function registrationOptions(
  gateway: PublicGraph,
  token: string,
  name?: string,
): Promise<Options> {
  const { data, errors } = await requestRegistration(gateway, token, name);
  if (errors) throw new Error(JSON.stringify(errors));
  return data.passkeyRegistrationOptions.options;
}

export async function loginOptions(gateway: PublicGraph): Promise<Options> {
  const { data, errors } = await gateway.graph("mutation { passkeyLoginOptions { options expiresAt } }");
  if (errors) throw new Error(JSON.stringify(errors));
  return data.passkeyLoginOptions.options;
}

const PAYLOAD = `user { id isAnonymous formerIds identities { id provider name subject canSignIn lastUsedAt } }
  session { id } accessToken refreshToken`;

export const loginWith = (gateway: PublicGraph, response: ResponseJson): Promise<Answer> =>
  gateway.graph(`mutation ($c: Credentials!) { login(credentials: $c) { ${PAYLOAD} } }`, {
    variables: { c: { passkey: { response } } },
  });

export const linkWith = (gateway: PublicGraph, token: string, response: ResponseJson): Promise<Answer> =>
  gateway.graph(
    `mutation ($c: Credentials!) { linkIdentity(credentials: $c) { __typename
       ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { provider mergeTicket } } }`,
    { token, variables: { c: { passkey: { response } } } },
  );

/** A guest who registers that passkey. */
export async function createOwner(gateway: PublicGraph, key: Key, name?: string): Promise<Login> {
  const guest = await loginAnonymously(gateway);
  const options = await registrationOptions(gateway, guest.accessToken, name);
  const linked = await linkWith(gateway, guest.accessToken, register(key, options, site));
  if (linked.errors) throw new Error(JSON.stringify(linked.errors));
  const { accessToken, refreshToken } = linked.data.linkIdentity;
  return { id: guest.id, accessToken, refreshToken };
}

export const loginByPasskey = async (
  gateway: PublicGraph,
  key: Key,
  changes?: Parameters<typeof use>[3],
): Promise<Answer> => loginWith(gateway, use(key, await loginOptions(gateway), site, changes));
