import { type Encryption, hashSecret } from "../encryption.ts";
import type { DeploymentRecord, ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { DeployedProvider, Provider } from "../identity/provider.ts";
import type { Catalogue } from "./catalogue.ts";
import { decryptSettings } from "./configuration.ts";
import { ProviderSettingsError } from "./drafts/setting-problems.ts";

/** A deployment in memory, as logins read it: with decrypted secrets. */
export interface Snapshot {
  readonly version: number;
  readonly providers: readonly ProviderConfiguration[];
  readonly enabled: ReadonlyMap<string, DeployedProvider>;
}

/** Of a version that is about to go live. @throws ProviderSettingsError when the settings of an enabled provider are not valid */
export const makeSnapshot = (
  catalogue: Catalogue,
  encryption: Encryption,
  record: DeploymentRecord,
): Snapshot =>
  build(catalogue, record, (provider, settings) => ({
    provider,
    settings: decryptSettings(provider, settings, encryption),
  }));

/**
 * Of the live version. An older release may have accepted it: a provider whose settings are no longer valid fails its
 * own logins with SERVICE_UNAVAILABLE, and no others.
 */
export const openSnapshot = (
  catalogue: Catalogue,
  encryption: Encryption,
  record: DeploymentRecord,
): Snapshot =>
  build(catalogue, record, (provider, settings) => {
    try {
      return { provider, settings: decryptSettings(provider, settings, encryption) };
    } catch (error) {
      if (!(error instanceof ProviderSettingsError)) throw error;
      return { provider: withInvalidSettings(provider, error), settings: {} };
    }
  });

function build(
  { withDefaults, providerFor }: Catalogue,
  record: DeploymentRecord,
  open: (
    provider: Provider,
    settings: ProviderConfiguration["settings"],
  ) => Omit<DeployedProvider, "settingsFingerprint">,
): Snapshot {
  const providers = withDefaults(record.providers);
  const enabled = providers
    .filter((each) => each.enabled)
    .map((each): [string, DeployedProvider] => {
      const settingsFingerprint = hashSecret(JSON.stringify(each.settings));
      return [each.name, { ...open(providerFor(each), each.settings), settingsFingerprint }];
    });
  return { version: record.version, providers, enabled: new Map(enabled) };
}

function withInvalidSettings(provider: Provider, { message }: ProviderSettingsError): Provider {
  const throwUnavailable = (): never => {
    const cause = new Error(`${message} Save the provider again, and deploy.`);
    throw new PasserbyError("SERVICE_UNAVAILABLE", { cause });
  };
  const fail = async (): Promise<never> => throwUnavailable();
  const { redirect, register, passwords, ...rest } = provider;
  return {
    ...rest,
    verify: fail,
    ...(redirect && { redirect: { allowedRedirectUris: throwUnavailable, start: fail, finish: fail } }),
    ...(register && { register: fail }),
    ...(passwords && { passwords }),
  };
}
