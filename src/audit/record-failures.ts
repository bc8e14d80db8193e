import { type ErrorCode, PasserbyError } from "../errors.ts";
import type { RequestContext } from "../request-context.ts";
import type { Audit, Facts } from "./audit.ts";

interface Audited {
  readonly audit: Audit;
}

/** Records a failed attempt, which has no transaction that could; the error is rethrown. */
export async function recordFailure<Result>(
  { audit }: Audited,
  context: RequestContext,
  facts: Facts,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    const code: ErrorCode | null = error instanceof PasserbyError ? error.code : null;
    if (code) await audit.recordFailure(context, facts, code);
    throw error;
  }
}

/** The same for all calls of a rule. */
export const recordFailures =
  <Services, Request, Result>(
    factsOf: (request: NoInfer<Request>) => Facts,
    rule: (services: Services, context: RequestContext, request: Request) => Promise<Result>,
  ): ((services: Services & Audited, context: RequestContext, request: Request) => Promise<Result>) =>
  (services, context, request) =>
    recordFailure(services, context, factsOf(request), () => rule(services, context, request));
