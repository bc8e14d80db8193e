/** The registry. A new provider is one file and one line here; forms, validation, masking and labels derive from it. */
import type { Provider } from "../identity/provider.ts";
import { anonUser } from "./anon-user.ts";
import { apiKey } from "./api-key.ts";
import { customFunction } from "./custom-function.ts";
import { customToken } from "./custom-token.ts";
import { emailOtp } from "./email-otp.ts";
import { localUserpass } from "./local-userpass.ts";
import { oauth2Apple } from "./oauth2-apple.ts";
import { oauth2Facebook } from "./oauth2-facebook.ts";
import { oauth2Google } from "./oauth2-google.ts";
import { oidc } from "./oidc.ts";
import { passkey } from "./passkey.ts";

export const providers: readonly Provider[] = [
  anonUser,
  localUserpass,
  emailOtp,
  passkey,
  customToken,
  oauth2Google,
  oauth2Apple,
  oauth2Facebook,
  oidc,
  customFunction,
  apiKey,
] as readonly Provider<never>[] as readonly Provider[];
