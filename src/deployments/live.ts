/** The live configuration: the snapshot that logins use, how it follows the database, and how the next version is stored. */
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { lockTable, select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import { DeploymentRecord, type ProviderConfiguration, type RecordedChange } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider, ProviderLookup } from "../identity/provider.ts";
import type { Catalogue } from "./catalogue.ts";
import { diffConfigurations, encryptSettings } from "./configuration.ts";
import { requireNoEmails } from "./emails.ts";
import { getLive } from "./history.ts";
import { makeSnapshot, openSnapshot } from "./snapshot.ts";

export interface Live extends ProviderLookup {
  /** The version that logins use. */
  liveVersion(): number;
  /** Activates a newer version that another gateway deployed. */
  reload(): Promise<void>;
}

interface NextVersion {
  readonly providers: ProviderConfiguration[];
  readonly changes: RecordedChange[];
  readonly note: string | null;
  readonly by: string;
}

/**
 * Loads the live version; a new database gets its first deployment.
 * @param options.initialProviders names of the providers that the first deployment enables
 * @returns also `insertVersion`, which stores the version after `live` in a transaction that has locked the table, and
 *   `activate`, after which logins use it; to be called after the commit
 */
export async function openLive(
  {
    reads,
    writes,
    clock,
    encryption,
  }: { reads: EntityManager; writes: Writes; clock: Clock; encryption: Encryption },
  options: {
    catalogue: Catalogue;
    registry: readonly Provider[];
    sendsEmails: boolean;
    initialProviders: readonly string[];
  },
): Promise<{
  live: Live;
  insertVersion(
    manager: EntityManager,
    live: DeploymentRecord | null,
    next: NextVersion,
  ): Promise<DeploymentRecord>;
  activate(record: DeploymentRecord): DeploymentRecord;
}> {
  const { catalogue, registry, sendsEmails, initialProviders } = options;

  const insertVersion = async (
    manager: EntityManager,
    live: DeploymentRecord | null,
    next: NextVersion,
  ): Promise<DeploymentRecord> => {
    if (!sendsEmails) requireNoEmails(registry, next.providers, encryption);
    const record = Object.assign(new DeploymentRecord(), {
      version: (live?.version ?? 0) + 1,
      providers: next.providers,
      changes: next.changes,
      note: next.note,
      deployedBy: next.by,
      deployedAt: clock.now(),
    });
    // Throws where settings cannot be read, so that such a version never goes live.
    makeSnapshot(catalogue, encryption, record);
    await insertRows(manager, { entity: DeploymentRecord, rows: [record] });
    return record;
  };

  await writes.transaction(async (manager) => {
    await lockTable(manager, "deployments");
    if ((await manager.count(DeploymentRecord)) > 0) return;
    const providers = catalogue.builtIn.map((provider): ProviderConfiguration => {
      const enabled = initialProviders.includes(provider.name);
      return {
        name: provider.name,
        type: provider.type,
        enabled,
        settings: encryptSettings(provider, { given: {}, before: {}, enabled, encryption }),
      };
    });
    const changes = diffConfigurations([], providers);
    await insertVersion(manager, null, {
      providers,
      changes,
      note: "The first deployment",
      by: "first start",
    });
  });
  let snapshot = openSnapshot(catalogue, encryption, await getLive(reads));

  const activate = (record: DeploymentRecord): DeploymentRecord => {
    if (record.version > snapshot.version) snapshot = openSnapshot(catalogue, encryption, record);
    return record;
  };

  const live: Live = {
    liveVersion: () => snapshot.version,
    enabledProviders: () => [...snapshot.enabled.values()].map(({ provider }) => provider),
    confirmingEmails: registry.filter(({ confirmsEmails }) => confirmsEmails).map(({ name }) => name),
    requireEnabled(name) {
      const deployed = snapshot.enabled.get(name);
      if (deployed) return deployed;
      const isKnown = snapshot.providers.some((each) => each.name === name);
      throw new PasserbyError(isKnown ? "PROVIDER_DISABLED" : "PROVIDER_NOT_FOUND");
    },
    async reload() {
      const [row] = await select<{ version: number }>(
        reads,
        "SELECT max(version) AS version FROM deployments",
      );
      if (row && Number(row.version) > snapshot.version) activate(await getLive(reads));
    },
  };
  return { live, insertVersion, activate };
}
