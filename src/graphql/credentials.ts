/** The input for login and linking: exactly one kind of credentials, each for one provider or one type of provider. */
import { GraphQLJSONObject } from "graphql-scalars";
import { Directive, Field, InputType } from "type-graphql";
import type { ProviderRequest } from "../identity/enabled-provider.ts";

@InputType()
export class EmailPasswordCredentials {
  @Field(() => String)
  email: string;

  @Field(() => String)
  password: string;
}

@InputType()
export class JwtCredentials {
  @Field(() => String, { description: "A JWT of the issuer that the operator set." })
  token: string;
}

@InputType()
export class IdTokenCredentials {
  @Field(() => String, {
    description: "The name of the provider that issued the token, such as `oauth2-google`.",
  })
  provider: string;

  @Field(() => String, { description: "An OpenID Connect ID token." })
  token: string;

  @Field(() => String, {
    nullable: true,
    description: "The nonce that the client sent to the provider with its authentication request.",
  })
  nonce?: string | null;
}

@InputType()
export class ApiKeyCredentials {
  @Field(() => String)
  key: string;
}

@InputType()
export class FunctionCredentials {
  @Field(() => GraphQLJSONObject, { description: "Sent unchanged to the endpoint that the operator set." })
  payload: Record<string, unknown>;
}

@InputType()
export class PasskeyCredentials {
  @Field(() => GraphQLJSONObject, {
    description:
      "What `navigator.credentials.create` or `.get` returned, by its `toJSON()`: for `login` the answer to `passkeyLoginOptions`, for `linkIdentity` that or the answer to `passkeyRegistrationOptions`.",
  })
  response: Record<string, unknown>;
}

@InputType({
  description:
    "What the email of `requestEmailCode` brought: either `email` and `code`, or the `token` of its link.",
})
export class EmailOtpCredentials {
  @Field(() => String, { nullable: true, description: "The address that got the code." })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "Six digits." })
  code?: string | null;

  @Field(() => String, { nullable: true, description: "The parameter `token` of the link." })
  token?: string | null;
}

@Directive("@oneOf")
@InputType({ description: "The credentials for one provider. Set exactly one field." })
export class Credentials {
  @Field(() => EmailPasswordCredentials, { nullable: true, description: "For `local-userpass`." })
  emailPassword?: EmailPasswordCredentials;

  @Field(() => JwtCredentials, { nullable: true, description: "For `custom-token`." })
  jwt?: JwtCredentials;

  @Field(() => IdTokenCredentials, {
    nullable: true,
    description: "For `oauth2-google`, `oauth2-apple`, `oauth2-facebook` and providers of type `oidc`.",
  })
  idToken?: IdTokenCredentials;

  @Field(() => ApiKeyCredentials, {
    nullable: true,
    description: "For `api-key`. Only for `login`: an API key cannot be linked.",
  })
  apiKey?: ApiKeyCredentials;

  @Field(() => FunctionCredentials, { nullable: true, description: "For `custom-function`." })
  function?: FunctionCredentials;

  @Field(() => PasskeyCredentials, { nullable: true, description: "For `passkey`." })
  passkey?: PasskeyCredentials;

  @Field(() => EmailOtpCredentials, { nullable: true, description: "For `email-otp`." })
  emailOtp?: EmailOtpCredentials;
}

/** The provider that each kind of credentials is for; an ID token names its own. */
const providerOf: { [Kind in keyof Credentials]-?: (given: NonNullable<Credentials[Kind]>) => string } = {
  emailPassword: () => "local-userpass",
  jwt: () => "custom-token",
  idToken: ({ provider }) => provider,
  apiKey: () => "api-key",
  function: () => "custom-function",
  passkey: () => "passkey",
  emailOtp: () => "email-otp",
};

/** The provider of the credentials, and the kind of credentials that it must accept. */
export function readCredentials(input: Credentials): ProviderRequest & { readonly credentials: unknown } {
  const [entry] = Object.entries(input).filter(([, given]) => given != null);
  if (!entry) throw new Error("@oneOf lets exactly one through.");
  const [kind, credentials] = entry as [keyof Credentials, never];
  return { provider: providerOf[kind](credentials), kind, credentials };
}
