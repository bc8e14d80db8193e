import { ClientSecretPost } from "openid-client";
import { z } from "zod";
import { profileClaims } from "./openid-connect/profile-claims.ts";
import { makeOpenidProvider, type OpenidPreset } from "./openid-connect/provider.ts";
import {
  clientIds,
  clientSecret,
  emailDomains,
  needs,
  redirectUris,
  scopes,
} from "./openid-connect/settings.ts";

const settings = z
  .strictObject({
    clientIds,
    clientSecret,
    redirectUris,
    scopes: scopes("email", "profile"),
    emailDomains,
    profileClaims,
  })
  .superRefine(({ redirectUris, clientSecret }, context) => {
    if (redirectUris.length > 0 && clientSecret === undefined) {
      context.addIssue(needs("clientSecret", "Google's redirect flow requires the client secret."));
    }
  });

type Settings = z.infer<typeof settings>;

export const googlePreset: OpenidPreset<Settings> = {
  type: "oauth2-google",
  displayName: "Google",
  settings: settings as unknown as z.ZodType<Settings>,
  issuerOf: () => "https://accounts.google.com",
  otherIssuers: ["accounts.google.com"],
  redirect: { authenticateClient: async ({ clientSecret }) => ClientSecretPost(clientSecret) },
};

export const oauth2Google = makeOpenidProvider(googlePreset);
