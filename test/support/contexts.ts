/** Who calls a rule in tests that call it directly. */
import { operatorContext, type RequestContext, visitorContext } from "../../src/request-context.ts";

const client = { ipAddress: null, userAgent: null };

export const visitor: RequestContext = visitorContext(client);
export const operator: RequestContext = operatorContext("a test", client);
