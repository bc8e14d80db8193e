import type { DeploymentRecord, ProviderConfiguration } from "../entities/deployment.ts";
import type { DeployedProvider } from "../identity/provider.ts";
import { hashSecret, type Vault } from "../vault.ts";
import type { Catalogue } from "./catalogue.ts";
import { openSettings } from "./configuration.ts";

/** A deployment in memory, as logins read it: secrets in clear. */
export interface Snapshot {
  readonly version: number;
  readonly providers: readonly ProviderConfiguration[];
  readonly enabled: ReadonlyMap<string, DeployedProvider>;
}

export function makeSnapshot(
  { complete, describe }: Catalogue,
  vault: Vault,
  record: DeploymentRecord,
): Snapshot {
  const providers = complete(record.providers);
  const enabled = providers
    .filter((each) => each.enabled)
    .map((each): [string, DeployedProvider] => {
      const provider = describe(each);
      const settings = openSettings(provider, each.settings, vault);
      const settingsFingerprint = hashSecret(JSON.stringify(each.settings));
      return [each.name, { provider, settings, settingsFingerprint }];
    });
  return { version: record.version, providers, enabled: new Map(enabled) };
}
