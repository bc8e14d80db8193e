import type { Acting, Audited } from "./audit.ts";
import { auditMethod } from "./audited.ts";
import { objectRules } from "./object-rules.ts";
import type { AuditRule } from "./rules.ts";

/** The key of the methods without auditing. */
const RAW = Symbol("not audited");

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;
type Service = Methods & { readonly [RAW]?: Methods };

/** The services as one actor uses them: audit events of their methods name that actor. */
export function actAs<Services extends Audited>(services: Services, acting: Acting): Services {
  const mine = { ...services, acting };
  for (const [name, rules] of Object.entries(objectRules)) {
    const service = (services as unknown as Record<string, Service | undefined>)[name];
    if (!service) continue;
    const raw = service[RAW] ?? service;
    const methods = Object.entries(rules).map(([method, rule]) => [
      method,
      auditMethod(mine, rule as AuditRule<unknown[], unknown>, raw[method] as Methods[string]),
    ]);
    Object.assign(mine, { [name]: { ...raw, ...Object.fromEntries(methods), [RAW]: raw } });
  }
  return mine;
}

/** The same for users and visitors, who use none of the operators' services; cheap, because every request calls it. */
export const actAsUser = <Services extends Audited>(services: Services, acting: Acting): Services =>
  Object.assign(Object.create(services), { acting });
