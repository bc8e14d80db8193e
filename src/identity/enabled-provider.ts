/** Checks that a provider is enabled in the live deployment, before every rule that needs one, so no surface can forget it. */

import { PasserbyError } from "../errors.ts";
import type { RequestContext } from "../request-context.ts";
import type { CredentialsKind, DeployedProvider, ProviderLookup } from "./provider.ts";

export interface ProviderServices {
  readonly providers: ProviderLookup;
}

/** How a surface names the provider of a request. */
export interface ProviderRequest {
  readonly provider: string;
  /** The kind of credentials that it must accept; absent: any. */
  readonly kind?: CredentialsKind;
}

/**
 * @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND when no provider has that name and kind
 */
export function requireProvider(
  { providers }: ProviderServices,
  { provider, kind }: ProviderRequest,
): DeployedProvider {
  const deployed = providers.requireEnabled(provider);
  if (kind && deployed.provider.credentials !== kind) throw new PasserbyError("PROVIDER_NOT_FOUND");
  return deployed;
}

/**
 * Passes a rule the deployed provider that its request names. The lookup comes before the rule: before credentials are
 * verified, limits are counted and failures are recorded. A request for a disabled provider is counted, but leaves no audit
 * event.
 */
export function withProvider<Services, Request extends { readonly deployed: DeployedProvider }, Result>(
  rule: (services: Services, context: RequestContext, request: Request) => Promise<Result>,
): (
  services: Services & ProviderServices,
  context: RequestContext,
  request: Omit<Request, "deployed"> & ProviderRequest,
) => Promise<Result> {
  return async (services, context, request) => {
    const deployed = requireProvider(services, request);
    return rule(services, context, { ...request, deployed } as unknown as Request);
  };
}
