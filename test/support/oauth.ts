/** Operations around OpenID Connect, and a clock that agrees with providers who have their own. */
import { type Answer, type Gateway, TestClock } from "./gateway.ts";

/** Starts at the real time, since that is what a real provider writes into its tokens. */
export function realTimeClock(): TestClock {
  const clock = new TestClock();
  clock.advance({ seconds: Math.floor((Date.now() - +clock.now()) / 1_000) });
  return clock;
}

export async function deployProvider(gateway: Gateway, input: object): Promise<void> {
  const saved = await saveProvider(gateway, { enabled: true, ...input });
  const deployed = await gateway.admin("mutation { deploy { version } }");
  const [error] = [...(saved.errors ?? []), ...(deployed.errors ?? [])];
  if (error) throw new Error(JSON.stringify(error));
}

export const saveProvider = (gateway: Gateway, input: object): Promise<Answer> =>
  gateway.admin(
    "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { changes { provider field before after } } }",
    { variables: { i: input } },
  );

const OUTCOME = `{ __typename
  ... on AuthPayload { user { id isAnonymous profile identities { provider subject email emailVerified } } session { id } accessToken refreshToken }
  ... on IdentityConflict { provider mergeTicket expiresAt } }`;

interface IdToken {
  provider: string;
  token: string;
  nonce?: string;
}

export const loginWithIdToken = (gateway: Gateway, idToken: IdToken): Promise<Answer> =>
  gateway.graph(
    `mutation ($c: Credentials!) { login(credentials: $c) { user { id isAnonymous profile identities { provider subject email emailVerified } } accessToken } }`,
    { variables: { c: { idToken } } },
  );

export const linkIdToken = (gateway: Gateway, token: string, idToken: IdToken): Promise<Answer> =>
  gateway.graph(`mutation ($c: Credentials!) { linkIdentity(credentials: $c) ${OUTCOME} }`, {
    token,
    variables: { c: { idToken } },
  });

export const startOAuth = (
  gateway: Gateway,
  request: { provider: string; redirectUri: string; link?: boolean },
  token?: string,
): Promise<Answer> =>
  gateway.graph(
    `mutation ($provider: String!, $redirectUri: String!, $link: Boolean! = false) {
       startOAuth(provider: $provider, redirectUri: $redirectUri, link: $link) { url state expiresAt } }`,
    { token, variables: request },
  );

/** @param back where the provider sent the browser, or its parameters */
export const completeOAuth = (
  gateway: Gateway,
  back: URL | Record<string, string>,
  token?: string,
): Promise<Answer> =>
  gateway.graph(
    `mutation ($code: String!, $state: String!, $iss: String) { completeOAuth(code: $code, state: $state, iss: $iss) ${OUTCOME} }`,
    { token, variables: back instanceof URL ? Object.fromEntries(back.searchParams) : back },
  );

export const mergeUser = (gateway: Gateway, token: string, ticket: string): Promise<Answer> =>
  gateway.graph(
    "mutation ($t: String!) { mergeUser(ticket: $t) { user { id formerIds identities { provider } } accessToken } }",
    { token, variables: { t: ticket } },
  );
