/** Draft, review, deploy. What a login reads is the deployed snapshot, which every gateway of the database follows. */
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { lockTable, select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import {
  DeploymentRecord,
  DraftRecord,
  type ProviderConfiguration,
  type RecordedChange,
} from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { DeployedProvider, Provider } from "../identity/provider.ts";
import type { Vault } from "../vault.ts";
import { createCatalogue } from "./catalogue.ts";
import { diffConfigurations, sealSettings } from "./configuration.ts";
import { countImpact, type ProviderImpact } from "./impact.ts";
import { requireNoMails } from "./mails.ts";
import { listProviderStates, type ProviderState } from "./provider-states.ts";
import { type SaveProvider, saveInto } from "./saving.ts";
import { makeSnapshot } from "./snapshot.ts";

export interface DraftView {
  readonly baseVersion: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  readonly changes: RecordedChange[];
}

export interface Deployments {
  /** Types of which operators add providers under names of their own. */
  addableTypes(): readonly Provider[];
  /** The version that logins go by. */
  liveVersion(): number;
  /** The ways in that are on, in the order of the registry, then of their adding. */
  enabledProviders(): Provider[];
  /** @throws PasserbyError PROVIDER_DISABLED, PROVIDER_NOT_FOUND */
  requireEnabled(name: string): DeployedProvider;
  /** Follows what another gateway deployed. */
  reload(): Promise<void>;
  states(): Promise<ProviderState[]>;
  /** null when there is nothing to deploy. */
  findDraft(): Promise<DraftView | null>;
  /** @throws PasserbyError PROVIDER_NOT_FOUND, BAD_USER_INPUT, DRAFT_CONFLICT */
  saveProviders(inputs: readonly SaveProvider[], by: string): Promise<DraftView>;
  /**
   * The same with a file of somewhere else, where providers that are off may have settings that ours do not take.
   * @returns also what was left out, a sentence each
   */
  importProviders(
    inputs: readonly SaveProvider[],
    by: string,
  ): Promise<{ draft: DraftView; leftOut: string[] }>;
  /**
   * Takes a provider that an operator named out of the draft. Its identities stay, and are ways in again once one of
   * that name is.
   * @throws PasserbyError PROVIDER_NOT_FOUND, BAD_USER_INPUT when it is built in, DRAFT_CONFLICT
   */
  removeProvider(name: string, by: string): Promise<DraftView>;
  /** @returns whether there was a draft */
  discardDraft(): Promise<boolean>;
  /** @returns null when there is no draft */
  review(): Promise<{ baseVersion: number; changes: RecordedChange[]; impact: ProviderImpact[] } | null>;
  /** Providers that one can come back with, before and after the draft; null when there is no draft. */
  draftedWaysIn(): Promise<{ before: string[]; after: string[] } | null>;
  /** @throws PasserbyError NOTHING_TO_DEPLOY, DRAFT_CONFLICT */
  deploy(options: {
    note: string | null;
    by: string;
    expectedVersion?: number | null;
  }): Promise<DeploymentRecord>;
  /** A new version with the content of an old one. @throws PasserbyError BAD_USER_INPUT, NOTHING_TO_DEPLOY */
  redeploy(version: number, by: string): Promise<DeploymentRecord>;
  /** Newest first. */
  list(options: { before: number | null; limit: number }): Promise<DeploymentRecord[]>;
}

interface Dependencies {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly registry: readonly Provider[];
  /** Whether this gateway could send the mails that a provider's settings ask for. */
  readonly sendsMails: boolean;
}

const DRAFT = "draft";

/**
 * Loads what is live; a new database gets its first deployment.
 * @param dependencies.initialProviders names that the first deployment switches on
 */
export async function openDeployments({
  reads,
  writes,
  clock,
  vault,
  registry,
  sendsMails,
  initialProviders,
}: Dependencies & { initialProviders: readonly string[] }): Promise<Deployments> {
  const catalogue = createCatalogue(registry);
  const { builtIn, complete, describe } = catalogue;

  const findLive = async (manager: EntityManager): Promise<DeploymentRecord | null> => {
    const [newest] = await manager.find(DeploymentRecord, { order: { version: "DESC" }, take: 1 });
    return newest ?? null;
  };
  const getLive = async (manager: EntityManager): Promise<DeploymentRecord> => {
    const live = await findLive(manager);
    if (!live) throw new Error("Nothing was ever deployed.");
    return live;
  };

  const publish = async (
    manager: EntityManager,
    live: DeploymentRecord | null,
    next: { providers: ProviderConfiguration[]; changes: RecordedChange[]; note: string | null; by: string },
  ): Promise<DeploymentRecord> => {
    if (!sendsMails) requireNoMails(registry, next.providers, vault);
    const record = Object.assign(new DeploymentRecord(), {
      version: (live?.version ?? 0) + 1,
      providers: next.providers,
      changes: next.changes,
      note: next.note,
      deployedBy: next.by,
      deployedAt: clock.now(),
    });
    // What no gateway could read must not go live.
    makeSnapshot(catalogue, vault, record);
    await insertRows(manager, { entity: DeploymentRecord, rows: [record] });
    return record;
  };

  await writes.transaction(async (manager) => {
    await lockTable(manager, "deployments");
    if (await findLive(manager)) return;
    const providers = builtIn.map((provider): ProviderConfiguration => {
      const enabled = initialProviders.includes(provider.name);
      return {
        name: provider.name,
        type: provider.type,
        enabled,
        settings: sealSettings(provider, { given: {}, before: {}, enabled, vault }),
      };
    });
    const changes = diffConfigurations([], providers);
    await publish(manager, null, { providers, changes, note: "The first deployment", by: "first start" });
  });
  let snapshot = makeSnapshot(catalogue, vault, await getLive(reads));

  const viewDraft = (draft: DraftRecord, live: readonly ProviderConfiguration[]): DraftView => ({
    baseVersion: draft.baseVersion,
    updatedAt: draft.updatedAt,
    updatedBy: draft.updatedBy,
    changes: diffConfigurations(live, complete(draft.providers)),
  });
  const waysIn = (configuration: readonly ProviderConfiguration[]): string[] =>
    configuration.filter((each) => each.enabled && describe(each).isWayIn).map((each) => each.name);
  const findDraftRecord = (manager: EntityManager): Promise<DraftRecord | null> =>
    manager.findOneBy(DraftRecord, { id: DRAFT });

  const conflict = (live: number): PasserbyError =>
    new PasserbyError("DRAFT_CONFLICT", { details: { liveVersion: live } });

  /** Draft changes wait for each other, so that none of two at the same moment is lost. */
  const changeDraft = (
    by: string,
    change: (drafted: ProviderConfiguration[]) => ProviderConfiguration[],
  ): Promise<DraftView> =>
    writes.transaction(async (manager) => {
      await lockTable(manager, "drafts");
      const live = await getLive(manager);
      const existing = await findDraftRecord(manager);
      if (existing && existing.baseVersion !== live.version) throw conflict(live.version);
      const draft = {
        id: DRAFT,
        baseVersion: live.version,
        providers: change(complete(existing?.providers ?? live.providers)),
        updatedAt: clock.now(),
        updatedBy: by,
      };
      await manager.delete(DraftRecord, { id: DRAFT });
      await insertRows(manager, { entity: DraftRecord, rows: [draft] });
      return viewDraft(draft, complete(live.providers));
    });

  const adopt = (record: DeploymentRecord): DeploymentRecord => {
    if (record.version > snapshot.version) snapshot = makeSnapshot(catalogue, vault, record);
    return record;
  };

  return {
    addableTypes: () => catalogue.addable,
    liveVersion: () => snapshot.version,
    enabledProviders: () => [...snapshot.enabled.values()].map(({ provider }) => provider),
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
      if (row && Number(row.version) > snapshot.version) adopt(await getLive(reads));
    },
    async states() {
      const draft = await findDraftRecord(reads);
      const live = complete((await getLive(reads)).providers);
      return listProviderStates(catalogue, live, draft && complete(draft.providers));
    },
    async findDraft() {
      const draft = await findDraftRecord(reads);
      return draft && viewDraft(draft, complete((await getLive(reads)).providers));
    },
    saveProviders: (inputs, by) =>
      changeDraft(by, (drafted) => saveInto(drafted, inputs, { catalogue, vault })),
    async importProviders(inputs, by) {
      let leftOut: string[] = [];
      const draft = await changeDraft(by, (drafted) => {
        leftOut = [];
        return saveInto(drafted, inputs, { catalogue, vault, onLeftOut: (line) => leftOut.push(line) });
      });
      return { draft, leftOut };
    },
    removeProvider: (name, by) =>
      changeDraft(by, (drafted) => {
        const found = drafted.find((each) => each.name === name);
        if (!found) throw new PasserbyError("PROVIDER_NOT_FOUND");
        if (!describe(found).isNamedByOperator) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `${name} is built in. It can be switched off, and not removed.`,
          });
        }
        return drafted.filter((each) => each !== found);
      }),
    discardDraft: () =>
      writes.transaction(
        async (manager) => ((await manager.delete(DraftRecord, { id: DRAFT })).affected ?? 0) > 0,
      ),
    async review() {
      const draft = await findDraftRecord(reads);
      if (!draft) return null;
      const live = complete((await getLive(reads)).providers);
      const after = complete(draft.providers);
      const changes = diffConfigurations(live, after);
      const touched = [...new Set(changes.map((change) => change.provider))];
      const facts = { waysInBefore: waysIn(live), waysInAfter: waysIn(after), now: clock.now() };
      const impact: ProviderImpact[] = [];
      for (const name of touched) impact.push(await countImpact(reads, name, facts));
      return { baseVersion: draft.baseVersion, changes, impact };
    },
    async draftedWaysIn() {
      const draft = await findDraftRecord(reads);
      if (!draft) return null;
      const live = complete((await getLive(reads)).providers);
      return { before: waysIn(live), after: waysIn(complete(draft.providers)) };
    },
    async deploy({ note, by, expectedVersion }) {
      const record = await writes.transaction(async (manager) => {
        await lockTable(manager, "drafts");
        await lockTable(manager, "deployments");
        const draft = await findDraftRecord(manager);
        if (!draft) throw new PasserbyError("NOTHING_TO_DEPLOY");
        const live = await getLive(manager);
        const base = expectedVersion ?? draft.baseVersion;
        if (draft.baseVersion !== live.version || base !== live.version) throw conflict(live.version);
        const providers = complete(draft.providers);
        const changes = diffConfigurations(complete(live.providers), providers);
        if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
        await manager.delete(DraftRecord, { id: DRAFT });
        return publish(manager, live, { providers, changes, note, by });
      });
      return adopt(record);
    },
    async redeploy(version, by) {
      const record = await writes.transaction(async (manager) => {
        await lockTable(manager, "deployments");
        const old = await manager.findOneBy(DeploymentRecord, { version });
        if (!old) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `There is no deployment ${version}. \`deployments\` lists them.`,
          });
        }
        const live = await getLive(manager);
        const providers = complete(old.providers);
        const changes = diffConfigurations(complete(live.providers), providers);
        if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
        return publish(manager, live, { providers, changes, note: `Version ${version} again`, by });
      });
      return adopt(record);
    },
    list: ({ before, limit }) => {
      const builder = reads.createQueryBuilder(DeploymentRecord, "deployment");
      if (before !== null) builder.where("deployment.version < :before", { before });
      return builder.orderBy("deployment.version", "DESC").limit(limit).getMany();
    },
  };
}
