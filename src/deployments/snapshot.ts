import { type Encryption, hashSecret } from "../encryption.ts";
import type { DeploymentRecord, ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { DeployedProvider, Provider } from "../identity/provider.ts";
import type { Catalogue } from "./catalogue.ts";
import { openSettings } from "./configuration.ts";
import { ProviderSettingsError } from "./drafts/setting-problems.ts";

/** A deployment in memory, as logins read it: secrets in clear. */
export interface Snapshot {
  readonly version: number;
  readonly providers: readonly ProviderConfiguration[];
  readonly enabled: ReadonlyMap<string, DeployedProvider>;
}

/** What is about to go live. @throws ProviderSettingsError when a provider that is on could not read its settings */
export const makeSnapshot = (
  catalogue: Catalogue,
  encryption: Encryption,
  record: DeploymentRecord,
): Snapshot =>
  build(catalogue, record, (provider, settings) => ({
    provider,
    settings: openSettings(provider, settings, encryption),
  }));

/**
 * What is live. It was accepted when it was deployed, perhaps by an older version: a provider whose settings are not
 * accepted any more says so to whoever logs in with it, and stops no other.
 */
export const openSnapshot = (
  catalogue: Catalogue,
  encryption: Encryption,
  record: DeploymentRecord,
): Snapshot =>
  build(catalogue, record, (provider, settings) => {
    try {
      return { provider, settings: openSettings(provider, settings, encryption) };
    } catch (error) {
      if (!(error instanceof ProviderSettingsError)) throw error;
      return { provider: outOfOrder(provider, error), settings: {} };
    }
  });

function build(
  { complete, describe }: Catalogue,
  record: DeploymentRecord,
  open: (
    provider: Provider,
    settings: ProviderConfiguration["settings"],
  ) => Omit<DeployedProvider, "settingsFingerprint">,
): Snapshot {
  const providers = complete(record.providers);
  const enabled = providers
    .filter((each) => each.enabled)
    .map((each): [string, DeployedProvider] => {
      const settingsFingerprint = hashSecret(JSON.stringify(each.settings));
      return [each.name, { ...open(describe(each), each.settings), settingsFingerprint }];
    });
  return { version: record.version, providers, enabled: new Map(enabled) };
}

function outOfOrder(provider: Provider, { message }: ProviderSettingsError): Provider {
  const refuse = (): never => {
    const cause = new Error(`${message} Save the provider again, and deploy.`);
    throw new PasserbyError("SERVICE_UNAVAILABLE", { cause });
  };
  const fail = async (): Promise<never> => refuse();
  const { redirect, register, passwords, ...rest } = provider;
  return {
    ...rest,
    verify: fail,
    ...(redirect && { redirect: { allowedRedirectUris: refuse, start: fail, finish: fail } }),
    ...(register && { register: fail }),
    ...(passwords && { passwords }),
  };
}
