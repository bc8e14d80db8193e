/** What the clients send. The floor and Apollo alone read the very same bytes as the gateway. */

/** @param {string} path @param {string} body @param {Record<string, string>} [headers] */
const post = (path, body, headers = {}) => {
  const lines = Object.entries({ host: "127.0.0.1", "content-type": "application/json", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST ${path} HTTP/1.1\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const graph = (query, variables, headers) => post("/graphql", JSON.stringify({ query, variables }), headers);

const LOGIN = graph("mutation { loginAnonymous { user { id isAnonymous } accessToken refreshToken } }");
const REFRESH =
  "mutation ($token: String!) { refreshSession(refreshToken: $token) { user { id isAnonymous } accessToken refreshToken } }";
const ME = "{ me { id isAnonymous } }";

/** better-auth refuses a request from a browser's origin that it does not trust. */
const BETTER_AUTH_LOGIN = post("/api/auth/sign-in/anonymous", "{}", { origin: "http://127.0.0.1" });

/** @param {string} body @param {string} name */
const readField = (body, name) => {
  const value = new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1];
  if (!value) throw new Error(`No ${name} in ${body.slice(0, 200)}`);
  return value;
};

/** @type {Record<string, () => import("./load.js").Client>} */
export const scenarios = {
  login: () => ({ next: () => LOGIN }),

  me: () => {
    let request = LOGIN;
    return {
      next: () => request,
      learn: (_head, body) => {
        if (request !== LOGIN) return;
        request = graph(ME, undefined, { authorization: `Bearer ${readField(body, "accessToken")}` });
      },
    };
  },

  refresh: () => {
    let request = LOGIN;
    return {
      next: () => request,
      learn: (_head, body) => {
        request = graph(REFRESH, { token: readField(body, "refreshToken") });
      },
    };
  },

  "better-auth-login": () => ({ next: () => BETTER_AUTH_LOGIN }),

  "better-auth-session": () => {
    let request = BETTER_AUTH_LOGIN;
    return {
      next: () => request,
      learn: (head) => {
        if (request !== BETTER_AUTH_LOGIN) return;
        const cookies = [...head.matchAll(/\r\nset-cookie: *([^;\r]+)/gi)]
          .map((match) => match[1])
          .join("; ");
        request = `GET /api/auth/get-session HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${cookies}\r\n\r\n`;
      },
    };
  },
};
