/** DATABASE_URL: what is accepted, and what its `sslmode` means. */
import { parseUrl } from "../text/parse-url.ts";

const FORM = "must be sqlite:<file>, sqlite::memory: or postgres://user:password@host:port/database";
const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/** @throws Error saying what is accepted; it never quotes the password */
export function parseDatabaseUrl(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x1f\x7f]/.test(value)) throw new Error("must not have control characters, such as NUL or a tab");
  if (value.startsWith("sqlite:") && value.length > "sqlite:".length) return value;
  if (!/^postgres(ql)?:\/\//.test(value)) throw new Error(FORM);
  if (/\s/.test(value)) throw new Error(`${FORM}, without spaces; in a password a space is %20`);
  if (!isPercentEncoded(value)) {
    throw new Error(
      `${FORM}; a % in it is written as %25, and @ : / ? # in a password as %40 %3A %2F %3F %23`,
    );
  }
  const url = parseUrl(value);
  if (!url) {
    throw new Error(
      `${FORM}; special characters in a password are percent-encoded, and a port is 1 to 65535`,
    );
  }
  const { searchParams } = url;
  const sslMode = searchParams.get("sslmode");
  if (sslMode !== null && !SSL_MODES.includes(sslMode)) {
    throw new Error(`has an unknown sslmode; there are ${SSL_MODES.join(", ")}`);
  }
  if (!/^\d*$/.test(searchParams.get("port") ?? "")) throw new Error("has a port that is no number");
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

/**
 * The address as the driver should read it. It verifies certificates under `prefer`, `require` and `verify-ca` too, and says
 * on standard error that this will change one day; here it does not. `uselibpqcompat=true` leaves all to the driver.
 */
export function driverUrl(value: string): string {
  const url = new URL(value);
  const isVerified = /^(prefer|require|verify-ca)$/.test(url.searchParams.get("sslmode") ?? "");
  if (!isVerified || url.searchParams.get("uselibpqcompat") === "true") return value;
  return value.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/g, "$1verify-full");
}
