/**
 * Codes by email: six digits and a link, either of which shows that a client reads a mailbox. They are one login flow, of
 * which an address has at most one. It belongs to the address alone, not to the client that asked for it.
 */
import { createHmac, randomInt, timingSafeEqual } from "node:crypto";
import type { EntityManager } from "typeorm";
import { changeReturning, execute } from "../../database/sql.ts";
import type { LoginFlow } from "../../entities/login-flow.ts";
import { PasserbyError } from "../../errors.ts";
import { CODE_MINUTES } from "../../mail/email-tokens.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import type { DeployedProvider, PresentedCode } from "../provider.ts";
import { accountEmails } from "./account-emails.ts";
import { consumeFlow, createFlowSecret, MAX_TRIES, planFlow } from "./login-flows.ts";
import type { LoginServices } from "./login-services.ts";

const DIGITS = 6;

/**
 * Sends a code and a link, which replace earlier ones. No account is looked up, so that neither the response nor its time
 * tells whether there is one (user enumeration).
 * @returns the email as it is stored
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND, BAD_USER_INPUT, RATE_LIMITED, SERVICE_UNAVAILABLE where the
 *   gateway cannot send emails
 */
export const requestEmailCode = withProvider(async function requestEmailCode(
  services: LoginServices,
  { client }: RequestContext,
  { deployed, email }: { deployed: DeployedProvider; email: string },
): Promise<string> {
  const { provider, settings } = deployed;
  if (!provider.emailCodes) throw new PasserbyError("PROVIDER_NOT_FOUND");
  const to = provider.emailCodes.normalizeEmail(email);
  const page = provider.emailCodes.page(settings);
  const emails = accountEmails(services, client);
  await emails.require(to, "code");
  const token = createFlowSecret();
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0");
  const seconds = CODE_MINUTES * 60;
  const planned = planFlow(services, {
    ...{ secret: token, kind: "email", deployed, input: null, sessionId: null, seconds },
  });
  const codeHash = hashCode(services, { hash: planned.hash, code }).toString("base64url");
  await services.writes.transaction(async (manager) => {
    await storeFlow(manager, { ...planned, email: to, codeHash });
    await emails.add(manager, { kind: "code", to, code, token, page });
  });
  emails.prompt();
  return to;
});

/** In one statement, so that concurrent requests for an address leave the flow of one, whose email alone is sent. */
const storeFlow = (manager: EntityManager, flow: LoginFlow): Promise<number> =>
  execute(
    manager,
    `INSERT INTO login_flows (hash, kind, provider, settings_fingerprint, email, code_hash, tries, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, 0, ?)
     ON CONFLICT (email, provider) WHERE email IS NOT NULL DO UPDATE SET hash = excluded.hash, code_hash = excluded.code_hash,
       settings_fingerprint = excluded.settings_fingerprint, tries = 0, expires_at = excluded.expires_at`,
    [
      ...[flow.hash, flow.kind, flow.provider, flow.settingsFingerprint],
      ...[flow.email, flow.codeHash, +flow.expiresAt],
    ],
  );

/**
 * Consumes the code or link that credentials present. A wrong code uses up one of five tries, at any operation.
 * @returns the email that it was sent to
 * @throws PasserbyError INVALID_CREDENTIALS, BAD_USER_INPUT when they present neither
 */
export async function consumeEmailCode(
  services: LoginServices,
  { deployed, credentials }: { deployed: DeployedProvider; credentials: unknown },
): Promise<string> {
  const presented = deployed.provider.emailCodes?.presented(credentials);
  const email = presented && (await consume(services, deployed, presented));
  if (!email) {
    throw new PasserbyError("INVALID_CREDENTIALS", {
      message:
        "This code or link is wrong, was used, was replaced by a newer one, or has expired. Request a new one.",
    });
  }
  return email;
}

async function consume(
  services: LoginServices,
  { provider, settingsFingerprint }: DeployedProvider,
  presented: PresentedCode,
): Promise<string | null> {
  if ("token" in presented) {
    const secret = { secret: presented.token, kinds: ["email"], sessionId: null } as const;
    const consumed = await consumeFlow(services, secret);
    return consumed?.flow.provider === provider.name ? consumed.flow.email : null;
  }
  const { email, code } = presented;
  if (email === null) return null;
  return services.writes.transaction(async (manager) => {
    // Counted before it is compared, so that of concurrent tries no more than five are; the row is locked from here.
    const [flow] = await changeReturning<{ hash: string; code_hash: string; settings_fingerprint: string }>(
      manager,
      `UPDATE login_flows SET tries = tries + 1 WHERE email = ? AND provider = ? AND tries < ? AND expires_at > ?
       RETURNING hash, code_hash, settings_fingerprint`,
      [email, provider.name, MAX_TRIES, +services.clock.now()],
    );
    const isRight =
      flow?.settings_fingerprint === settingsFingerprint &&
      timingSafeEqual(
        hashCode(services, { hash: flow.hash, code }),
        Buffer.from(flow.code_hash, "base64url"),
      );
    if (!isRight) return null;
    await execute(manager, "DELETE FROM login_flows WHERE hash = ?", [flow.hash]);
    return email;
  });
}

/** The hash of the token is the salt: equal codes have different hashes. */
const hashCode = (
  { emailCodeKey }: Pick<LoginServices, "emailCodeKey">,
  { hash, code }: { hash: string; code: string },
): Buffer => createHmac("sha256", emailCodeKey).update(`${hash}:${code}`).digest();
