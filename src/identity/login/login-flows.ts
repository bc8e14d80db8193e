/**
 * Login flows: logins and links of two steps. The first step gives the client a secret, a state or a challenge, which is
 * stored hashed; the second consumes it, once, before its provider verifies anything.
 */
import { randomBytes } from "node:crypto";
import { In } from "typeorm";
import { secondsAfter } from "../../clock.ts";
import { isForeignKeyViolation } from "../../database/failures.ts";
import { execute } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { LoginFlow, type LoginFlowKind } from "../../entities/login-flow.ts";
import { PasserbyError } from "../../errors.ts";
import { type ProviderServices, requireProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import type { SessionServices } from "../sessions/sessions.ts";

type FlowServices = Pick<SessionServices, "reads" | "writes" | "clock">;

/** Codes that may be tried for one email; then its link is void too. Of a million codes, five wrong ones are few. */
export const MAX_TRIES = 5;

/** 256 bits, base64url. */
export const createFlowSecret = (): string => randomBytes(32).toString("base64url");

export interface NewFlow {
  readonly secret: string;
  readonly kind: LoginFlowKind;
  readonly deployed: DeployedProvider;
  readonly input: string | null;
  /** The only session that can complete it, which links; null for a login. */
  readonly sessionId: string | null;
  readonly seconds: number;
}

export const planFlow = (
  { clock }: Pick<FlowServices, "clock">,
  { secret, kind, deployed, input, sessionId, seconds }: NewFlow,
): LoginFlow => ({
  hash: hashSecret(secret),
  kind,
  provider: deployed.provider.name,
  settingsFingerprint: deployed.settingsFingerprint,
  input,
  ...{ email: null, codeHash: null, tries: 0 },
  sessionId,
  expiresAt: secondsAfter(clock.now(), seconds),
});

/** @returns until when it can be completed. @throws PasserbyError UNAUTHENTICATED when the session was deleted meanwhile */
export async function startFlow(services: FlowServices, flow: NewFlow): Promise<Date> {
  const row = planFlow(services, flow);
  const { writes } = services;
  await writes.insert([{ entity: LoginFlow, rows: [row] }]).catch((error) => {
    throw isForeignKeyViolation(error) ? new PasserbyError("UNAUTHENTICATED") : error;
  });
  return row.expiresAt;
}

/** A flow that was consumed, and its provider. */
export interface ConsumedFlow<Kind extends LoginFlowKind> {
  readonly flow: LoginFlow & { readonly kind: Kind };
  readonly deployed: DeployedProvider;
}

/**
 * Consumes a flow; of concurrent requests with the same secret, one succeeds. A request of another session leaves it
 * to its own.
 * @returns null when it was used, has expired, started under other settings or in another session, or never existed
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND
 */
export async function consumeFlow<const Kind extends LoginFlowKind>(
  services: FlowServices & ProviderServices,
  { secret, kinds, sessionId }: { secret: string; kinds: readonly Kind[]; sessionId: string | null },
): Promise<ConsumedFlow<Kind> | null> {
  const { reads, writes, clock } = services;
  const flow = await reads.findOneBy(LoginFlow, { hash: hashSecret(secret), kind: In(kinds) });
  if (!flow) return null;
  const deployed = requireProvider(services, { provider: flow.provider });
  if (flow.settingsFingerprint !== deployed.settingsFingerprint) return null;
  if (flow.sessionId !== null && flow.sessionId !== sessionId) return null;
  const consumed = await writes.transaction((manager) =>
    execute(
      manager,
      `DELETE FROM login_flows WHERE hash = ? AND expires_at > ? AND tries < ? AND (session_id IS NULL
         OR session_id IN (SELECT id FROM sessions WHERE ended_at IS NULL))`,
      [flow.hash, +clock.now(), MAX_TRIES],
    ),
  );
  return consumed > 0 ? { flow: flow as LoginFlow & { kind: Kind }, deployed } : null;
}
