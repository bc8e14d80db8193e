/** The measured operations and their scenarios. The minimal server gets the same bytes on its own paths. */
import { writeRequest } from "../harness/connection.js";

export const LOGIN = "mutation { loginAnonymous { user { id isAnonymous } accessToken refreshToken } }";
const ME = "{ me { id isAnonymous } }";
const REFRESH =
  "mutation ($token: String!) { refreshSession(refreshToken: $token) { user { id isAnonymous } accessToken refreshToken } }";
/** A placeholder of the length of a token, so that the content length is right. */
const PLACE = "T".repeat(74);

export const graphPaths = { login: "/graphql", me: "/graphql", refresh: "/graphql" };

/** @returns {import("../harness/load.js").Repeat} */
export const logins = (paths = graphPaths) => ({
  kind: "repeat",
  requests: [writeRequest({ path: paths.login, body: { query: LOGIN } })],
  expect: '"refreshToken":"',
});

/** Cycles through access tokens, like requests of many users. @returns {import("../harness/load.js").Repeat} */
export const asksWho = (/** @type {string[]} */ accessTokens, paths = graphPaths) => ({
  kind: "repeat",
  requests: accessTokens.map((token) =>
    writeRequest({ path: paths.me, headers: { authorization: `Bearer ${token}` }, body: { query: ME } }),
  ),
  expect: '"isAnonymous":true',
});

/** Every connection logs in once, then refreshes with the latest token. @returns {import("../harness/load.js").Chain} */
export function refreshes(paths = graphPaths) {
  const body = { query: REFRESH, variables: { token: PLACE } };
  const [before, after] = writeRequest({ path: paths.refresh, body }).split(PLACE);
  return {
    kind: "chain",
    first: logins(paths).requests[0],
    before,
    after,
    tokenAfter: '"refreshToken":"',
    expect: '"refreshToken":"',
  };
}

/** @returns {Promise<string[]>} one access token for each of as many new users */
export async function logInMany(/** @type {number} */ port, /** @type {number} */ count, paths = graphPaths) {
  const tokens = [];
  for (let index = 0; index < count; index++) {
    const response = await fetch(`http://127.0.0.1:${port}${paths.login}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: LOGIN }),
    });
    const { data } = await response.json();
    tokens.push(data.loginAnonymous.accessToken);
  }
  return tokens;
}
