import type { Acting, Audited } from "./audit.ts";
import { auditMethod } from "./audited.ts";
import { objectRules } from "./object-rules.ts";
import type { AuditRule } from "./rules.ts";

/** Where the methods are as they were, before anybody acted. */
const RAW = Symbol("not audited");

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;
type Service = Methods & { readonly [RAW]?: Methods };

/** The services as somebody uses them: what that somebody does is recorded as theirs. */
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

/** The same for users and visitors, who use none of the services that operators do: next to nothing, for every request. */
export const actAsUser = <Services extends Audited>(services: Services, acting: Acting): Services =>
  Object.assign(Object.create(services), { acting });
