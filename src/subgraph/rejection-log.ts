/** Logs why tokens are rejected, for the author of the server. Clients do not get the reason, which would help forgers. */
import { decodeJwt } from "jose";
import { AccessTokenError } from "./access-token-error.ts";
import { createQuietLog, type Log } from "./quiet-log.ts";

const MAX_LOGGED_CLAIM = 200;

/** Normal events, which do not come from a wrong configuration. */
const usual = new Set(["TOKEN_EXPIRED", "TOKEN_REVOKED"]);

export function createRejectionLog(
  { issuer, audience, log }: { issuer: string; audience: string; log: Log },
  now: () => Date,
): (error: AccessTokenError, token: string) => void {
  const logQuietly = createQuietLog(log, now);
  return (error, token) => {
    if (usual.has(error.code)) return;
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    const detail =
      reason === error.message ? "" : ` ${reason}${hintFor(reason, token, { issuer, audience })}`;
    logQuietly(reason, `passerbyContext: ${error.message}${detail}`);
  };
}

/** The expected and the actual value of `issuer` and `audience`, which are often misconfigured. */
function hintFor(reason: string, token: string, expected: { issuer: string; audience: string }): string {
  const names = [
    ['"iss"', "iss", "issuer", "PUBLIC_URL", expected.issuer],
    ['"aud"', "aud", "audience", "TOKEN_AUDIENCE", expected.audience],
  ] as const;
  const found = names.find(([quoted]) => reason.includes(quoted));
  if (!found) return "";
  const [, claim, option, setting, value] = found;
  const said = JSON.stringify(readClaim(token, claim))?.slice(0, MAX_LOGGED_CLAIM);
  return `: the token has ${said}, the option ${option} is ${JSON.stringify(value)}. Set it to the gateway's ${setting}.`;
}

function readClaim(token: string, claim: "iss" | "aud"): unknown {
  try {
    return decodeJwt(token)[claim] ?? null;
  } catch {
    return null;
  }
}
