import type { EntityManager } from "typeorm";
import { z } from "zod";
import { Identity } from "../entities/identity.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { canonicalEmail } from "../text/email-address.ts";
import { requireEmail } from "./emails/required-email.ts";

/** What the email brought: the code, with the address that got it, or the token of its link. */
interface EmailOtp {
  readonly email?: string | null;
  readonly code?: string | null;
  readonly token?: string | null;
}

const settings = z.strictObject({
  linkUrl: z
    .url({ protocol: /^https?$/, error: "Must be a URL such as https://app.example.com/login." })
    .optional()
    .meta({
      title: "Login page",
      description:
        "The page of your app that the link in the email opens. It passes the `token` parameter of its URL to `login` or `linkIdentity`, after a click: some mail programs open links by themselves. If empty, the email has the code only.",
    }),
});

type Settings = z.infer<typeof settings>;

/** Longer texts are no code; shorter than what costs anything to read. */
const MAX_CODE = 100;
const MAX_EMAILS = 50;

/** Codes and links by email, without a password. An address is an identity, and registers at its first login. */
export const emailOtp: Provider<EmailOtp, Settings> = {
  name: "email-otp",
  type: "email-otp",
  displayName: "Email code",
  canSignIn: true,
  // A user can move to another address: link the new one, unlink the old one.
  onePerUser: false,
  canBeLinked: true,
  confirmsEmails: true,
  credentials: "emailOtp",
  settings: settings as unknown as z.ZodType<Settings>,
  accountOf: ({ email }) => canonicalEmail(email ?? "") ?? "",

  emailCodes: {
    normalizeEmail: requireEmail,
    page: ({ linkUrl }) => linkUrl ?? null,
    presented({ email, code, token }) {
      const [hasCode, hasToken] = [email != null && code != null, token != null];
      if (hasCode === hasToken || (hasToken && (email != null || code != null))) {
        throw new PasserbyError("BAD_USER_INPUT", {
          message: "Send either `email` and `code`, or the `token` of the link.",
        });
      }
      return hasToken
        ? { token: String(token) }
        : { email: canonicalEmail(String(email)), code: digitsOf(String(code)) };
    },
  },

  async verify({ codeEmail, claimEmail }) {
    if (codeEmail === null) throw new PasserbyError("INVALID_CREDENTIALS");
    return {
      subject: codeEmail,
      email: codeEmail,
      emailVerified: true,
      isEmailConfirmed: true,
      profile: null,
      recheck: (manager) => claimEmail(manager, codeEmail),
      attach: requireRoom,
    };
  },
};

/** Under the lock of the user. @throws PasserbyError BAD_USER_INPUT */
async function requireRoom(manager: EntityManager, identityId: string): Promise<void> {
  const added = await manager.findOneBy(Identity, { id: identityId });
  const { userId, provider } = added ?? {};
  if ((await manager.countBy(Identity, { userId, provider })) <= MAX_EMAILS) return;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `This user has ${MAX_EMAILS} emails with a code, the maximum. Unlink one first.`,
  });
}

/** As people copy and keyboards write them: `123 456`, or in full width. */
const digitsOf = (code: string): string => code.slice(0, MAX_CODE).normalize("NFKC").replace(/[\s-]/g, "");
