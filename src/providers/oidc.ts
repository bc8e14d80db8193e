import { ClientSecretBasic, ClientSecretPost, None } from "openid-client";
import { z } from "zod";
import { isSafeAddress } from "./openid-connect/addresses.ts";
import { profileClaims } from "./openid-connect/profile-claims.ts";
import { makeOpenidProvider, type OpenidPreset } from "./openid-connect/provider.ts";
import {
  allowPrivateAddresses,
  clientIds,
  clientSecret,
  emailDomains,
  redirectUris,
  scopes,
  WELL_KNOWN_ADDRESS,
} from "./openid-connect/settings.ts";

const settings = z.strictObject({
  displayName: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .meta({ title: "Display name", description: "Shown on login screens. Default: the provider's name." }),
  issuer: z
    .string()
    .max(500)
    .refine((given) => isSafeAddress(given) && !/[?#\s]/.test(given), {
      message: "It must be an https URL (http on localhost only) without query, fragment, user and password.",
    })
    .refine((given) => !WELL_KNOWN_ADDRESS.test(given), {
      message: "This is the URL of the discovery document. Give the `issuer` in it.",
    })
    .meta({
      title: "Issuer",
      description:
        "The `issuer` in the provider's discovery document, exactly. The same subject at another issuer is another user.",
    }),
  clientIds,
  clientSecret,
  clientAuthentication: z
    .enum(["client_secret_basic", "client_secret_post"])
    .default("client_secret_basic")
    .meta({
      title: "Client authentication",
      description: "How the client secret is sent to the token endpoint. Not used without a client secret.",
    }),
  redirectUris,
  scopes: scopes("email", "profile"),
  emailDomains,
  profileClaims,
  allowPrivateAddresses,
});

type Settings = z.infer<typeof settings>;

/** OpenID Connect providers: any number, each under a name of the operator's choice. */
const preset: OpenidPreset<Settings> = {
  type: "oidc",
  displayName: "OpenID Connect",
  isNamedByOperator: true,
  settings: settings as unknown as z.ZodType<Settings>,
  issuerOf: ({ issuer }) => issuer,
  // A subject is unique within its issuer only, and the operator may later set another issuer for the same name.
  subjectOf: ({ issuer }, subject) => `${issuer}#${subject}`,
  redirect: {
    authenticateClient: async ({ clientSecret, clientAuthentication }) => {
      if (clientSecret === undefined) return None();
      return clientAuthentication === "client_secret_post"
        ? ClientSecretPost(clientSecret)
        : ClientSecretBasic(clientSecret);
    },
  },
};

export const oidc = makeOpenidProvider(preset);
