/** Decides what an exported user of App Services is imported as. Pure. */
import { z } from "zod";
import { secondsAfter } from "../clock.ts";
import type { Identity } from "../entities/identity.ts";
import { NO_PASSWORD, type PasswordCredential } from "../entities/password-credential.ts";
import { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import { userExpiresAt } from "../identity/lifetimes.ts";
import type { IdentityPolicy } from "../identity/policy.ts";
import { createId } from "../ids.ts";
import { canonicalEmail } from "../text/email-address.ts";

/** One user and its rows, not stored yet. */
export interface ImportedUser {
  readonly user: User;
  readonly identities: readonly Identity[];
  /** Without passwords, which App Services does not export. */
  readonly credentials: readonly PasswordCredential[];
}

/** `leave-out` is expected; `reject` needs an operator's attention. */
export type ImportDecision =
  | { readonly kind: "import"; readonly planned: ImportedUser }
  | { readonly kind: "leave-out" | "reject"; readonly id: string | null; readonly reason: string };

export interface ImportRules {
  readonly now: Date;
  readonly policy: Pick<IdentityPolicy, "anonymousUserDays">;
  /** The start of the age of anonymous users. */
  readonly anonymousFrom: "creation" | "now";
  /** @throws PasserbyError BAD_USER_INPUT */
  readonly normalizeEmail: (email: string) => string;
}

/** Seconds in the Admin API, dates in exports of other tools. */
const time = z
  .union([
    z.number().transform((seconds) => new Date(seconds * 1_000)),
    z.string().transform((text) => new Date(text)),
  ])
  .refine((date) => !Number.isNaN(+date), "is not a time")
  .nullish();
const fields = z.record(z.string(), z.unknown()).nullish();
/** Below the size limit of a PostgreSQL index entry. */
const shortText = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 1_000, "is longer than 1,000 bytes");
/** One statement looks up the identities of a whole batch. */
const MAX_IDENTITIES = 20;
const record = z.object({
  _id: z.string().regex(/^[\w-]{1,100}$/, "is not an id"),
  type: z.string().nullish(),
  identities: z
    .array(z.object({ id: shortText, provider_type: z.string(), provider_data: fields }))
    .nullish(),
  creation_date: time,
  last_authentication_date: time,
  disabled: z.boolean().nullish(),
  data: fields,
});
type Exported = z.infer<typeof record>;
type ExportedIdentity = NonNullable<Exported["identities"]>[number];

/** Characters that not both databases can store: NUL and lone surrogates. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

const PROVIDERS = ["anon-user", "local-userpass", "custom-token", "custom-function"];
const isSupported = ({ provider_type: type }: ExportedIdentity): boolean =>
  PROVIDERS.includes(type) || /^oauth2-(google|apple|facebook)$/.test(type);

/** Removes duplicate identities. */
const withoutRepetitions = (given: readonly ExportedIdentity[]): ExportedIdentity[] => [
  ...new Map(given.map((each) => [JSON.stringify(each), each])).values(),
];
const isContradictory = (given: readonly ExportedIdentity[]): boolean =>
  new Set(given.map((each) => `${each.provider_type} ${each.id}`)).size < given.length;

export function decideImport(value: unknown, rules: ImportRules): ImportDecision {
  const { _id: given, login_ids: pending } = (value ?? {}) as Record<string, unknown>;
  const id = typeof given === "string" ? given : null;
  const reject = (reason: string): ImportDecision => ({ kind: "reject", id, reason });
  const leaveOut = (reason: string): ImportDecision => ({ kind: "leave-out", id, reason });

  if (Array.isArray(pending))
    return leaveOut("it never logged in, so there is no user yet: it may register again");
  const { data, error } = record.safeParse(value);
  if (error) {
    const [issue] = error.issues;
    return reject(`${issue?.path.join(".") || "it"}: ${issue?.message}`);
  }
  if (UNSTORABLE.test(JSON.stringify(value)))
    return reject("it has a character that cannot be stored, such as NUL");
  const { type } = data;
  if (type === "server") return leaveOut("it belongs to a server's API key: create a new key");
  if (type && type !== "normal") return leaveOut(`it is a ${type} user of App Services itself`);

  const all = data.identities ?? [];
  const supported = withoutRepetitions(all.filter(isSupported));
  const others = [...new Set(all.filter((each) => !isSupported(each)).map((each) => each.provider_type))];
  if (supported.length === 0) {
    return others.includes("api-key")
      ? leaveOut("it has API keys only, which cannot be exported")
      : reject(others.length > 0 ? `it has identities of ${others.join(", ")} only` : "it has no identity");
  }
  if (supported.length > MAX_IDENTITIES) return reject(`it has more than ${MAX_IDENTITIES} identities`);
  const createdAt = data.creation_date ?? timeOf(data._id);
  if (!createdAt) return reject("creation_date: is missing");
  if (createdAt > rules.now) return reject("creation_date: is in the future");
  if (supported.filter((each) => each.provider_type === "local-userpass").length > 1) {
    return reject("it has two emails with a password; a user can have one");
  }
  if (isContradictory(supported))
    return reject("it has two different identities with the same provider and subject");
  const isAnonymous = supported.every((each) => each.provider_type === "anon-user");
  const user = planUser(data, { createdAt, isAnonymous, rules });
  const expiresAt = userExpiresAt(user, rules.policy);
  if (expiresAt && expiresAt <= rules.now) {
    return leaveOut(
      "it is anonymous and past its age, so it would be deleted at once (--anonymous-from now)",
    );
  }
  try {
    return { kind: "import", planned: planIdentities(user, supported, rules) };
  } catch (error) {
    if (error instanceof PasserbyError) return reject(error.message);
    throw error;
  }
}

/** ObjectIds begin with their time of creation in seconds. */
const timeOf = (id: string): Date | null =>
  /^[0-9a-f]{24}$/.test(id) ? secondsAfter(new Date(0), Number.parseInt(id.slice(0, 8), 16)) : null;

function planUser(
  { _id: id, last_authentication_date, disabled, data }: Exported,
  { createdAt, isAnonymous, rules }: { createdAt: Date; isAnonymous: boolean; rules: ImportRules },
): User {
  const { now, anonymousFrom } = rules;
  return Object.assign(new User(), {
    id,
    isAnonymous,
    createdAt: isAnonymous && anonymousFrom === "now" ? now : createdAt,
    lastLoginAt: last_authentication_date ?? null,
    disabledAt: disabled ? now : null,
    profile: data && Object.keys(data).length > 0 ? data : null,
  });
}

function planIdentities(user: User, given: readonly ExportedIdentity[], rules: ImportRules): ImportedUser {
  const { createdAt } = user;
  const credentials: PasswordCredential[] = [];
  const identities = given.map(({ id: subject, provider_type: provider, provider_data }): Identity => {
    // The subject of an anonymous identity is its own id.
    const isAnonymous = provider === "anon-user";
    const id = isAnonymous ? subject : createId(rules.now);
    const said = typeof provider_data?.email === "string" ? provider_data.email : null;
    const known = said && canonicalEmail(said);
    const isPassword = provider === "local-userpass";
    const email = isPassword ? rules.normalizeEmail(said ?? "") : known;
    if (isPassword && email) {
      // The export does not say whether the email was confirmed.
      const unconfirmed = { isPending: false, confirmedAt: null, isVouchedFor: true };
      credentials.push({
        id: subject,
        email,
        typedEmail: said === null || said.trim() === email ? null : said.trim(),
        passwordHash: NO_PASSWORD,
        createdAt,
        ...unconfirmed,
        identityId: id,
      });
    }
    const emailVerified = isPassword ? false : null;
    return {
      ...{ id, userId: user.id, provider, subject, email, emailVerified },
      ...{ name: null, canSignIn: !isAnonymous, createdAt, lastUsedAt: null },
    };
  });
  return { user, identities, credentials };
}
