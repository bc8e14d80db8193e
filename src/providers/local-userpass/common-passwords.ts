/** NIST SP 800-63B §3.1.1.2: common passwords are rejected, and there are no composition rules. */
const MAX_COMMON = 10_000;

/** Loaded at the first registration, because it takes 40 ms and 14 MB. */
let common: Promise<ReadonlySet<string>> | null = null;

async function readList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const ranked = dictionary["passwords-common"].slice(0, MAX_COMMON);
  return new Set(ranked.map((password) => String(password).toLowerCase()));
}

/** Case-insensitive. */
export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= readList();
  return (await common).has(password.toLowerCase());
}
