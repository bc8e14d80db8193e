import { type Algorithm, hash, verify } from "@node-rs/argon2";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import { PasswordCredential } from "../entities/password-credential.ts";
import { PasserbyError } from "../errors.ts";
import type { Proof, ProofContext, Provider } from "../identity/provider.ts";

interface EmailPassword {
  readonly email: string;
  readonly password: string;
}

const settings = z.strictObject({
  confirmation: z.literal("automatic").default("automatic").meta({
    title: "Confirmation",
    description: "`automatic`: an e-mail can log in as soon as it is registered.",
  }),
});

type Settings = z.infer<typeof settings>;

const LEAST_PASSWORD = 8;
const MOST_PASSWORD = 128;
const MOST_EMAIL = 254;

/** Argon2id, 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet's first choice for argon2id. */
const argon2id = {
  algorithm: 2 satisfies Algorithm as Algorithm,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** Checked when nobody has that e-mail, so that the answer takes as long as for a wrong password. */
let decoy: Promise<string> | null = null;
const decoyHash = (): Promise<string> => {
  decoy ??= hash("nobody has this password", argon2id);
  return decoy;
};

/** E-mails are compared without case. */
const normalize = (email: string): string => email.trim().normalize("NFC").toLowerCase();

const isEmail = (email: string): boolean =>
  email.length <= MOST_EMAIL && /^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)*$/u.test(email);

/** E-mail and password, kept here as argon2id. */
export const localUserpass: Provider<EmailPassword, Settings> = {
  name: "local-userpass",
  type: "local-userpass",
  displayName: "E-mail and password",
  isWayIn: true,
  onePerUser: true,
  canBeLinked: true,
  credentials: "emailPassword",
  settings: settings as unknown as z.ZodType<Settings>,
  accountOf: ({ email }) => normalize(email).slice(0, MOST_EMAIL),

  async prove(context, { email, password }) {
    const normalized = normalize(email);
    const known = isEmail(normalized)
      ? await context.reads.findOneBy(PasswordCredential, { email: normalized })
      : null;
    if (!known && context.purpose === "link") return proveNew(context, normalized, password);
    const isRight = await verifyPassword(known?.passwordHash ?? (await decoyHash()), password);
    if (!known || !isRight) throw new PasserbyError("INVALID_CREDENTIALS");
    return {
      subject: known.id,
      email: normalized,
      emailVerified: false,
      profile: null,
      attach: async (manager, identityId) => {
        await manager.update(PasswordCredential, { id: known.id }, { identityId });
      },
    };
  },

  async register({ reads, writes, clock }, { email, password }) {
    const normalized = requireEmail(email);
    requireGoodPassword(password);
    if (await reads.existsBy(PasswordCredential, { email: normalized }))
      throw new PasserbyError("EMAIL_TAKEN");
    const now = clock.now();
    const credential = {
      id: uuidv7({ msecs: now.getTime() }),
      email: normalized,
      passwordHash: await hash(password, argon2id),
      createdAt: now,
      isPending: false,
      confirmedAt: null,
      identityId: null,
    };
    await writes.transaction(async (manager) => {
      // Decided by the database: of two that register at once, one finds it taken.
      await manager
        .createQueryBuilder()
        .insert()
        .into(PasswordCredential)
        .values(credential)
        .orIgnore()
        .execute();
      const stored = await manager.findOneByOrFail(PasswordCredential, { email: normalized });
      if (stored.id !== credential.id) throw new PasserbyError("EMAIL_TAKEN");
    });
  },
};

/** A link with an e-mail that nobody has: registered in the transaction that links it. */
async function proveNew({ clock }: ProofContext<Settings>, email: string, password: string): Promise<Proof> {
  requireEmail(email);
  requireGoodPassword(password);
  const now = clock.now();
  const id = uuidv7({ msecs: now.getTime() });
  const passwordHash = await hash(password, argon2id);
  return {
    subject: id,
    email,
    emailVerified: false,
    profile: null,
    attach: async (manager, identityId) => {
      await manager.insert(PasswordCredential, { id, email, passwordHash, createdAt: now, identityId });
    },
  };
}

function requireEmail(email: string): string {
  const normalized = normalize(email);
  if (!isEmail(normalized)) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `The e-mail needs the form name@example.com and at most ${MOST_EMAIL} characters.`,
    });
  }
  return normalized;
}

function requireGoodPassword(password: string): void {
  const length = [...password.slice(0, 2 * MOST_PASSWORD + 2)].length;
  if (length < LEAST_PASSWORD || length > MOST_PASSWORD) throw new PasserbyError("WEAK_PASSWORD");
}

/** A password that could never have been set costs the same as a wrong one. */
function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return password.length > 2 * MOST_PASSWORD
    ? verify(passwordHash, "").then(() => false)
    : verify(passwordHash, password);
}
