/** The registry. A new way in is one file and one line here; forms, validation, masking and labels derive from it. */
import type { Provider } from "../identity/provider.ts";
import { anonUser } from "./anon-user.ts";
import { apiKey } from "./api-key.ts";
import { customFunction } from "./custom-function.ts";
import { customToken } from "./custom-token.ts";
import { localUserpass } from "./local-userpass.ts";

export const providers: readonly Provider[] = [
  anonUser,
  localUserpass,
  customToken,
  customFunction,
  apiKey,
] as readonly Provider<never>[] as readonly Provider[];
