/** What SDKs send to log in, as the providers take it: one reader for each kind of credentials. */
import type { CredentialsKind, DeployedProvider } from "../identity/provider.ts";
import { readOptionalText, readText } from "./body.ts";
import { badRequest, type RealmError } from "./errors.ts";
import type { RealmRequest } from "./request.ts";

type Body = RealmRequest["body"];

const readers: Record<Exclude<CredentialsKind, "none">, (body: Body, provider: string) => unknown> = {
  emailPassword: (body) => ({ email: readText(body, "username"), password: readText(body, "password") }),
  jwt: (body) => ({ token: readText(body, "token") }),
  apiKey: (body) => ({ key: readText(body, "key") }),
  idToken: (body, provider) => ({
    token: readIdToken(body, provider),
    nonce: readOptionalText(body, "nonce"),
  }),
  // What the SDK adds to a function's payload is not part of it.
  function: ({ options: _, ...payload }, name) => {
    const { provider, ...rest } = payload;
    return { payload: provider === name ? rest : payload };
  },
};

/** @throws RealmError when a field is missing or no text */
export const readCredentials = ({ provider }: DeployedProvider, body: Body): unknown =>
  provider.credentials === "none" ? null : readers[provider.credentials](body, provider.name);

/** Apple and Google call it `id_token`; Facebook's SDK has one field for whatever token it got. */
function readIdToken(body: Body, provider: string): string {
  const token =
    readOptionalText(body, "id_token") ??
    readOptionalText(body, "token") ??
    readOptionalText(body, "accessToken");
  if (token === null) throw explainMissing(body, provider);
  if (token.split(".").length === 3) return token;
  throw badRequest(
    `this is not an ID token. ${provider} is checked by ID tokens here: Facebook gives one in its limited login.`,
    "InvalidParameter",
  );
}

const explainMissing = (body: Body, provider: string): RealmError =>
  readOptionalText(body, "authCode") === null
    ? badRequest("'id_token' is a required string", "MissingParameter")
    : badRequest(
        `auth codes of ${provider} are not exchanged here. Send its ID token, as Credentials.google({ idToken }).`,
        "InvalidParameter",
      );
