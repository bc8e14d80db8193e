/** An issuer of the operator's own, whose tokens cost no password hash: deployed as custom-token. */
import { generateKeyPairSync } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import { type Answer, deployProvider, type Gateway } from "./gateway.ts";

export interface Issuer {
  sign(subject: string, claims?: JWTPayload): Promise<string>;
  login(subject: string, claims?: JWTPayload): Promise<Answer>;
  link(accessToken: string, subject: string, claims?: JWTPayload): Promise<Answer>;
}

const PAIR = "user { id isAnonymous expiresAt } session { id } accessToken refreshToken";

export async function deployIssuer(gateway: Gateway): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await deployProvider(gateway, "custom-token", true, {
    issuer: "https://issuer.example",
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
    algorithms: ["ES256"],
  });
  const sign = (subject: string, claims: JWTPayload = {}): Promise<string> =>
    new SignJWT({ iss: "https://issuer.example", sub: subject, exp: 4_000_000_000, ...claims })
      .setProtectedHeader({ alg: "ES256" })
      .sign(privateKey);
  return {
    sign,
    login: async (subject, claims) =>
      gateway.graph(`mutation ($c: Credentials!) { login(credentials: $c) { ${PAIR} } }`, {
        variables: { c: { jwt: { token: await sign(subject, claims) } } },
      }),
    link: async (token, subject, claims) =>
      gateway.graph(
        `mutation ($c: Credentials!) { linkIdentity(credentials: $c) {
           ... on AuthPayload { ${PAIR} } ... on IdentityConflict { provider mergeTicket expiresAt } } }`,
        { token, variables: { c: { jwt: { token: await sign(subject, claims) } } } },
      ),
  };
}
