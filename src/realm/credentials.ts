/** Parses the credentials that SDKs send: one function for each kind. */
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
  passkey: () => {
    throw badRequest(
      "passkeys need the GraphQL API: Realm SDKs cannot answer a challenge",
      "InvalidParameter",
    );
  },
  emailOtp: () => {
    throw badRequest(
      "codes by email need the GraphQL API: Realm SDKs have no credentials for them",
      "InvalidParameter",
    );
  },
  // Fields that the SDK adds are not part of the function's payload.
  function: ({ options: _, ...payload }, name) => {
    const { provider, ...rest } = payload;
    return { payload: provider === name ? rest : payload };
  },
};

/** @throws RealmError when a field is missing or not a string */
export const readCredentials = ({ provider }: DeployedProvider, body: Body): unknown =>
  provider.credentials === "none" ? null : readers[provider.credentials](body, provider.name);

/** Apple and Google use `id_token`; Facebook's SDK has one field for every kind of token. */
function readIdToken(body: Body, provider: string): string {
  const token =
    readOptionalText(body, "id_token") ??
    readOptionalText(body, "token") ??
    readOptionalText(body, "accessToken");
  if (token === null) throw explainMissing(body, provider);
  if (token.split(".").length === 3) return token;
  throw badRequest(
    `this is not an ID token. ${provider} accepts ID tokens only, which Facebook issues in its Limited Login.`,
    "InvalidParameter",
  );
}

const explainMissing = (body: Body, provider: string): RealmError =>
  readOptionalText(body, "authCode") === null
    ? badRequest("'id_token' is a required string", "MissingParameter")
    : badRequest(
        `auth codes of ${provider} are not supported. Send its ID token, as Credentials.google({ idToken }).`,
        "InvalidParameter",
      );
