import { z } from "zod";
import { profileClaims } from "./openid-connect/profile-claims.ts";
import { makeOpenidProvider, type OpenidPreset } from "./openid-connect/provider.ts";
import { clientIds, type OpenidSettings } from "./openid-connect/settings.ts";

const settings = z.strictObject({ clientIds, profileClaims });

/** Facebook issues ID tokens in its "Limited Login" only, through its SDK for apps. */
export const facebookPreset: OpenidPreset<OpenidSettings> = {
  type: "oauth2-facebook",
  displayName: "Facebook",
  settings: settings as unknown as z.ZodType<OpenidSettings>,
  issuerOf: () => "https://www.facebook.com",
  keysUrl: "https://limited.facebook.com/.well-known/oauth/openid/jwks/",
};

export const oauth2Facebook = makeOpenidProvider(facebookPreset);
