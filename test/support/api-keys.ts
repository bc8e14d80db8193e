/** API keys as clients use them. */
import { type Answer, type Gateway, linkEmail, loginAnonymously } from "./gateway.ts";

export interface Owner {
  readonly id: string;
  readonly token: string;
}

let owners = 0;

/** A user who may have keys: it linked an email. */
export async function createOwner(gateway: Gateway): Promise<Owner> {
  const guest = await loginAnonymously(gateway);
  const answer = await linkEmail(gateway, guest.accessToken, `owner${++owners}@example.com`);
  return { id: guest.id, token: answer.data.linkIdentity.accessToken };
}

export const createKey = (gateway: Gateway, token: string, name = "robot"): Promise<Answer> =>
  gateway.graph(
    "mutation ($n: String!) { createApiKey(name: $n) { apiKey { id name prefix disabled lastUsedAt user { id } } secret } }",
    { token, variables: { n: name } },
  );

export const loginWithKey = (gateway: Gateway, key: string): Promise<Answer> =>
  gateway.graph(
    "mutation ($k: String!) { login(credentials: { apiKey: { key: $k } }) { user { id isAnonymous } session { provider } accessToken refreshToken } }",
    { variables: { k: key } },
  );

/** Enables, disables or deletes a key: `enableApiKey`, `disableServerApiKey` and so on. */
export function changeKey(
  gateway: Gateway,
  mutation: string,
  request: { id: string; token?: string },
): Promise<Answer> {
  const isDelete = mutation.startsWith("delete");
  const isServer = mutation.includes("Server");
  const fields = !isDelete ? "{ id disabled }" : isServer ? "" : "{ id apiKeys { name } }";
  const query = `mutation ($id: ID!) { ${mutation}(id: $id) ${fields} }`;
  const variables = { id: request.id };
  return isServer
    ? gateway.admin(query, { variables })
    : gateway.graph(query, { token: request.token, variables });
}
