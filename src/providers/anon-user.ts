import { z } from "zod";
import type { Provider } from "../identity/provider.ts";

/** Anonymous login: no credentials, a new user for every login, no settings. Implemented by `loginAnonymously`. */
export const anonUser: Provider<null, Record<string, never>> = {
  name: "anon-user",
  type: "anon-user",
  displayName: "Allow users to log in anonymously",
  canSignIn: false,
  onePerUser: true,
  canBeLinked: false,
  credentials: "none",
  settings: z.strictObject({}) as z.ZodType<Record<string, never>>,
  accountOf: () => "",
  verify: () => Promise.reject(new Error("An anonymous login has no credentials to verify.")),
};
