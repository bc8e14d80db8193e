import { type ErrorCode, PasserbyError } from "../errors.ts";
import type { Acting, Audited } from "./audit.ts";
import type { AuditRule } from "./rules.ts";

/**
 * Makes a rule audited for all its callers. The event is stored before the response is sent, so every acknowledged
 * operation has its event; errors are recorded and rethrown.
 */
export function audited<Services, Args extends unknown[], Result>(
  rule: NoInfer<AuditRule<Args, Awaited<Result>>>,
  act: (services: Services, ...args: Args) => Promise<Result>,
): (services: Services & Audited, ...args: Args) => Promise<Result> {
  return (services, ...args) => recorded(services, { rule, args, act: () => act(services, ...args) });
}

/** The same for a method of a service, with the services of its caller. */
export const auditMethod =
  <Args extends unknown[], Result>(
    services: Audited,
    rule: AuditRule<Args, Awaited<Result>>,
    act: (...args: Args) => Promise<Result>,
  ): ((...args: Args) => Promise<Result>) =>
  (...args) =>
    recorded(services, { rule, args, act: () => act(...args) });

async function recorded<Args extends unknown[], Result>(
  { audit, acting }: Audited,
  { rule, args, act }: { rule: AuditRule<Args, Awaited<Result>>; args: Args; act: () => Promise<Result> },
): Promise<Result> {
  try {
    const result = await act();
    const facts = rule.done(result as Awaited<Result>, ...args);
    if (facts) await audit.record(whoActs(acting, args, facts.userId), facts);
    return result;
  } catch (error) {
    const code: ErrorCode | null = error instanceof PasserbyError ? error.code : null;
    if (code && rule.failed) await audit.recordFailure(whoActs(acting, args), rule.failed(...args), code);
    throw error;
  }
}

interface Asked {
  readonly user?: { readonly id: string };
  readonly session?: unknown;
  readonly caller?: { readonly user: { readonly id: string } } | null;
  readonly client?: Pick<Acting, "ipAddress" | "userAgent">;
}

/**
 * The actor: that of the services or, if these have none, the caller of the rule. A visitor who has just logged in is
 * that user.
 */
function whoActs(acting: Acting, [asked]: readonly unknown[], userId?: string | null): Acting {
  if (acting.kind !== "VISITOR" && acting.kind !== "SYSTEM") return acting;
  const { user, session, caller, client } = (typeof asked === "object" ? (asked ?? {}) : {}) as Asked;
  if (acting.kind === "SYSTEM" && !client && !caller && !session) return acting;
  const name = caller?.user.id ?? (session ? user?.id : null) ?? userId ?? null;
  return { ...acting, ...client, kind: name === null ? "VISITOR" : "USER", name };
}
