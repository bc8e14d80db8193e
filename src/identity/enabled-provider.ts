/** Checks that a provider is enabled in the live deployment, before every rule that needs one, so no surface can forget it. */

import type { Audited } from "../audit/audit.ts";
import { audited } from "../audit/audited.ts";
import type { AuditRule } from "../audit/rules.ts";
import { PasserbyError } from "../errors.ts";
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
 * verified, limits are counted and an audit event is recorded.
 */
export function withProvider<Services, Request extends { readonly deployed: DeployedProvider }, Result>(
  rule: (services: Services, request: Request) => Promise<Result>,
): (
  services: Services & ProviderServices,
  request: Omit<Request, "deployed"> & ProviderRequest,
) => Promise<Result> {
  return async (services, request) => {
    const deployed = requireProvider(services, request);
    return rule(services, { ...request, deployed } as unknown as Request);
  };
}

/** The same for an audited rule. A request for a provider that is not enabled is counted, but leaves no audit event. */
export const auditedWithProvider = <
  Services,
  Request extends { readonly deployed: DeployedProvider },
  Result,
>(
  rule: NoInfer<AuditRule<[request: Request], Awaited<Result>>>,
  act: (services: Services, request: Request) => Promise<Result>,
): ((
  services: Services & Audited & ProviderServices,
  request: Omit<Request, "deployed"> & ProviderRequest,
) => Promise<Result>) => withProvider(audited(rule, act));
