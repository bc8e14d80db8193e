import { IsNull } from "typeorm";
import { z } from "zod";
import { ApiKey } from "../entities/api-key.ts";
import { PasserbyError } from "../errors.ts";
import { hashSecret, type Provider, StaleVerificationError } from "../identity/provider.ts";

/** The first characters of a key are shown, to tell keys apart. */
const SHOWN_CHARACTERS = 8;

const reject = (): never => {
  throw new PasserbyError("INVALID_CREDENTIALS");
};

/** API keys, with which programs log in as the key's owner. `identity/api-keys/` creates and deletes them. */
export const apiKey: Provider<{ key: string }, Record<string, never>> = {
  name: "api-key",
  type: "api-key",
  displayName: "API keys",
  // Decided for each identity: a user's key is no sign-in method, a server's key is the only one.
  canSignIn: true,
  onePerUser: false,
  canBeLinked: false,
  sessionsEndWithIdentity: true,
  cannotBeGuessed: true,
  credentials: "apiKey",
  settings: z.strictObject({}) as z.ZodType<Record<string, never>>,
  // 256 bits cannot be guessed, and a program that keeps using an old key must not lock out others at its address.
  accountOf: ({ key }) => key.slice(0, SHOWN_CHARACTERS),

  async verify({ reads }, { key }) {
    const known = await reads.findOneBy(ApiKey, { hash: hashSecret(key) });
    if (!known || known.disabledAt) return reject();
    return {
      subject: known.id,
      email: null,
      emailVerified: null,
      profile: null,
      // A key that was deleted after its verification has no identity, and must not create a user.
      attach: async () => reject(),
      recheck: async (manager) => {
        if (!(await manager.existsBy(ApiKey, { id: known.id, disabledAt: IsNull() })))
          throw new StaleVerificationError();
      },
    };
  },
};
