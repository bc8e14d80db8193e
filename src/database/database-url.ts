/** DATABASE_URL: what is accepted, and what its `sslmode` means. */
import { parseUrl } from "../text/parse-url.ts";

const FORM = "must be sqlite:<file>, sqlite::memory: or postgres://user:password@host:port/database";
const ENCODING = "in a user name or password write % as %25, and @ : / ? # as %40 %3A %2F %3F %23";
const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/**
 * Returns the value with its scheme in lower case.
 * @throws Error saying what is accepted; it never quotes the password
 */
export function parseDatabaseUrl(given: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x1f\x7f]/.test(given)) throw new Error("must not have control characters, such as NUL or a tab");
  const value = given.replace(/^(sqlite|postgres(ql)?):/i, (scheme) => scheme.toLowerCase());
  if (value.startsWith("sqlite:") && value.length > "sqlite:".length) return value;
  if (!/^postgres(ql)?:\/\//.test(value)) throw new Error(FORM);
  if (/\s/.test(value)) throw new Error(`${FORM}, without spaces; write a space in a password as %20`);
  const url = parseUrl(value);
  if (!isPercentEncoded(value) || url === null || isCutInPassword(url)) {
    throw new Error(`${FORM}; ${ENCODING}; the port is a number from 1 to 65535`);
  }
  const { searchParams } = url;
  const sslMode = searchParams.get("sslmode");
  if (sslMode !== null && !SSL_MODES.includes(sslMode)) {
    throw new Error(`has an unknown sslmode; there are ${SSL_MODES.join(", ")}`);
  }
  if (!/^\d*$/.test(searchParams.get("port") ?? "")) throw new Error("has a port that is not a number");
  return value;
}

function isPercentEncoded(value: string): boolean {
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}

/** A `/`, `?` or `#` in the password ends the host early: what follows it has the `@` that belongs before the host. */
const isCutInPassword = ({ pathname, searchParams, hash }: URL): boolean =>
  pathname.includes("@") || hash !== "" || [...searchParams.keys()].some((name) => name.includes("@"));

/**
 * The URL as the driver should read it. The driver verifies certificates under `prefer`, `require` and `verify-ca` too, and
 * warns on standard error that a later version will not; `verify-full` means the same without the warning.
 * `uselibpqcompat=true` leaves `sslmode` to the driver.
 */
export function driverUrl(value: string): string {
  const url = new URL(value);
  const isVerified = /^(prefer|require|verify-ca)$/.test(url.searchParams.get("sslmode") ?? "");
  if (!isVerified || url.searchParams.get("uselibpqcompat") === "true") return value;
  return value.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/g, "$1verify-full");
}
