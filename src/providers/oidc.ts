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
    .meta({ title: "Display name", description: "For a login screen; the provider's name unless given." }),
  issuer: z
    .string()
    .max(500)
    .refine((given) => isSafeAddress(given) && !/[?#\s]/.test(given), {
      message: "It is an https address (http on localhost only) without query, fragment, user and password.",
    })
    .refine((given) => !WELL_KNOWN_ADDRESS.test(given), {
      message: "This is the address of the discovery document. Give the `issuer` that stands in it.",
    })
    .meta({
      title: "Issuer",
      description:
        "Exactly as in the issuer's discovery document. Users of different issuers are different users.",
    }),
  clientIds,
  clientSecret,
  clientAuthentication: z
    .enum(["client_secret_basic", "client_secret_post"])
    .default("client_secret_basic")
    .meta({
      title: "Client authentication",
      description: "How the client secret is shown at the token endpoint; without a secret nothing is.",
    }),
  redirectUris,
  scopes: scopes("email", "profile"),
  emailDomains,
  profileClaims,
  allowPrivateAddresses,
});

type Settings = z.infer<typeof settings>;

/** Any number of OpenID Connect providers, each under a name that the operator gives it. */
const preset: OpenidPreset<Settings> = {
  type: "oidc",
  displayName: "OpenID Connect",
  isNamedByOperator: true,
  settings: settings as unknown as z.ZodType<Settings>,
  issuerOf: ({ issuer }) => issuer,
  // A subject is unique within its issuer only, and the same name may stand for another issuer some day.
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
