/** Draft, review, deploy: what operators do. What logins go by is live.ts. */
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { lockTable } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import { type DeploymentRecord, DraftRecord, type ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { createCatalogue } from "./catalogue.ts";
import { diffConfigurations, openSettings } from "./configuration.ts";
import { type DraftView, viewDraft } from "./drafts/drafts.ts";
import { rebase } from "./drafts/rebasing.ts";
import {
  recordSaves,
  requireProviderRevision,
  requireRevision,
  revisionOf,
  type Standing,
} from "./drafts/revisions.ts";
import { type SaveProvider, saveInto } from "./drafts/saving.ts";
import { createHistory, getLive, getVersion, type History } from "./history.ts";
import { type Live, openLive } from "./live.ts";
import { listProviderStates, type ProviderState } from "./provider-states.ts";
import { type Review, reviewChange } from "./review/review.ts";
import { listSignInMethods } from "./review/users-losing-access.ts";

export interface Deployments extends History, Live {
  /** Types of which operators add providers under names of their own. */
  addableTypes(): readonly Provider[];
  states(): Promise<ProviderState[]>;
  /** The current draft; null if there is none. */
  findDraft(): Promise<DraftView | null>;
  /** @throws PasserbyError PROVIDER_NOT_FOUND, BAD_USER_INPUT, DRAFT_CONFLICT */
  saveProviders(inputs: readonly SaveProvider[], by: string): Promise<DraftView>;
  /**
   * The same with a file of somewhere else, where providers that are off may have settings that ours do not take.
   * @param draftRevision the draft that was read; left out: any
   * @returns also what was left out, a sentence each, and why providers of App Services were switched off
   */
  importProviders(
    inputs: readonly SaveProvider[],
    by: string,
    draftRevision?: string | null,
  ): Promise<{ draft: DraftView; leftOut: string[]; switchedOff: Record<string, string[]> }>;
  /**
   * Takes a provider that an operator named out of the draft. Its identities stay, and are ways in again once one of
   * that name is.
   * @param revision the provider's, or the draft's, as it was read; left out: any
   * @throws PasserbyError PROVIDER_NOT_FOUND, BAD_USER_INPUT when it is built in, DRAFT_CONFLICT
   */
  removeProvider(name: string, by: string, revision?: string | null): Promise<DraftView>;
  /**
   * Puts the draft's own changes on top of what went live since it was begun.
   * @param draftRevision the draft that was looked at; left out: any
   * @returns null when nothing of them is left to deploy: there is no draft any more
   * @throws PasserbyError NOTHING_TO_DEPLOY when there is no draft, BAD_USER_INPUT when both together make no sense,
   *   DRAFT_CONFLICT when it is another draft by now
   */
  rebaseDraft(by: string, draftRevision?: string | null): Promise<DraftView | null>;
  /**
   * @param draftRevision the draft that was looked at; left out: any
   * @returns whether there was a draft
   * @throws PasserbyError DRAFT_CONFLICT when it is another draft by now
   */
  discardDraft(draftRevision?: string | null): Promise<boolean>;
  /** @returns null when there is no draft */
  review(): Promise<Review | null>;
  /** Providers that one can come back with, before and after the draft; null when there is no draft. */
  draftedSignInMethods(): Promise<{ before: string[]; after: string[] } | null>;
  /**
   * @param options.draftRevision the draft that was reviewed; left out: any
   * @throws PasserbyError NOTHING_TO_DEPLOY, DRAFT_CONFLICT when another version went live, or it is another draft
   */
  deploy(options: {
    note: string | null;
    by: string;
    draftRevision?: string | null;
  }): Promise<DeploymentRecord>;
  /**
   * Deploys the content of an earlier version as a new version. The draft stays.
   * @param baseVersion the version that was live when this was reviewed; left out: any
   * @throws PasserbyError BAD_USER_INPUT, NOTHING_TO_DEPLOY, DRAFT_CONFLICT when another version went live
   */
  redeploy(version: number, by: string, baseVersion?: number | null): Promise<DeploymentRecord>;
}

interface Dependencies {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly encryption: Encryption;
  readonly registry: readonly Provider[];
  /** Whether this gateway could send the mails that a provider's settings ask for. */
  readonly sendsEmails: boolean;
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
  encryption,
  registry,
  sendsEmails,
  initialProviders,
}: Dependencies & { initialProviders: readonly string[] }): Promise<Deployments> {
  const catalogue = createCatalogue(registry);
  const { complete, describe } = catalogue;

  const { live, publish, adopt } = await openLive(
    { reads, writes, clock, encryption },
    { catalogue, registry, sendsEmails, initialProviders },
  );

  const findDraftRecord = (manager: EntityManager): Promise<DraftRecord | null> =>
    manager.findOneBy(DraftRecord, { id: DRAFT });

  const conflict = (live: number): PasserbyError =>
    new PasserbyError("DRAFT_CONFLICT", { details: { liveVersion: live } });

  const replaceDraft = async (manager: EntityManager, draft: DraftRecord): Promise<void> => {
    await manager.delete(DraftRecord, { id: DRAFT });
    await insertRows(manager, { entity: DraftRecord, rows: [draft] });
  };

  /** Draft changes wait for each other, so that none of two at the same moment is lost. */
  const changeDraft = (
    by: string,
    change: (drafted: ProviderConfiguration[], standing: Standing) => ProviderConfiguration[],
  ): Promise<DraftView> =>
    writes.transaction(async (manager) => {
      await lockTable(manager, "drafts");
      const live = await getLive(manager);
      const existing = await findDraftRecord(manager);
      if (existing && existing.baseVersion !== live.version) throw conflict(live.version);
      const before = complete(existing?.providers ?? live.providers);
      const after = change(before, { live, draft: existing, providers: before });
      const now = clock.now();
      const draft = {
        id: DRAFT,
        baseVersion: live.version,
        providers: after,
        updatedAt: now,
        updatedBy: by,
        saves: recordSaves(existing, { before, after }, { by, at: +now }),
      };
      await replaceDraft(manager, draft);
      return viewDraft(manager, catalogue, { draft, live });
    });

  return {
    ...live,
    addableTypes: () => catalogue.addable,
    async states() {
      const draft = await findDraftRecord(reads);
      return listProviderStates(catalogue, await getLive(reads), draft);
    },
    async findDraft() {
      const draft = await findDraftRecord(reads);
      return draft && viewDraft(reads, catalogue, { draft, live: await getLive(reads) });
    },
    saveProviders: (inputs, by) =>
      changeDraft(by, (drafted, standing) => {
        for (const { name, revision } of inputs) requireProviderRevision(name, revision, standing);
        return saveInto(drafted, inputs, { catalogue, encryption });
      }),
    async importProviders(inputs, by, draftRevision) {
      let leftOut: string[] = [];
      let switchedOff: Record<string, string[]> = {};
      const draft = await changeDraft(by, (drafted, standing) => {
        requireRevision(standing.draft, draftRevision);
        leftOut = [];
        switchedOff = {};
        return saveInto(drafted, inputs, {
          catalogue,
          encryption,
          onLeftOut: (line) => leftOut.push(line),
          onSwitchedOff: (provider, reasons) => {
            switchedOff[provider] = reasons;
          },
        });
      });
      return { draft, leftOut, switchedOff };
    },
    removeProvider: (name, by, revision) =>
      changeDraft(by, (drafted, standing) => {
        requireProviderRevision(name, revision, standing);
        const found = drafted.find((each) => each.name === name);
        if (!found) throw new PasserbyError("PROVIDER_NOT_FOUND");
        if (!describe(found).isNamedByOperator) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `${name} is built in. It can be switched off, and not removed.`,
          });
        }
        return drafted.filter((each) => each !== found);
      }),
    rebaseDraft: (by, draftRevision) =>
      writes.transaction(async (manager) => {
        await lockTable(manager, "drafts");
        const old = await findDraftRecord(manager);
        if (!old) throw new PasserbyError("NOTHING_TO_DEPLOY");
        requireRevision(old, draftRevision);
        const live = await getLive(manager);
        const base = await getVersion(manager, old.baseVersion);
        const now = complete(live.providers);
        const providers = rebase(complete(base.providers), complete(old.providers), now);
        for (const each of providers) {
          if (each.enabled) openSettings(describe(each), each.settings, encryption);
        }
        if (diffConfigurations(now, providers).length === 0) {
          await manager.delete(DraftRecord, { id: DRAFT });
          return null;
        }
        const draft = { ...old, baseVersion: live.version, providers, updatedAt: clock.now(), updatedBy: by };
        await replaceDraft(manager, draft);
        return viewDraft(manager, catalogue, { draft, live });
      }),
    discardDraft: (draftRevision) =>
      writes.transaction(async (manager) => {
        await lockTable(manager, "drafts");
        const draft = await findDraftRecord(manager);
        if (!draft) return false;
        requireRevision(draft, draftRevision);
        await manager.delete(DraftRecord, { id: DRAFT });
        return true;
      }),
    async review() {
      const draft = await findDraftRecord(reads);
      if (!draft) return null;
      const live = complete((await getLive(reads)).providers);
      const after = complete(draft.providers);
      const found = await reviewChange(reads, catalogue, { live, after, now: clock.now() });
      return { baseVersion: draft.baseVersion, draftRevision: revisionOf(draft), ...found };
    },
    async draftedSignInMethods() {
      const draft = await findDraftRecord(reads);
      if (!draft) return null;
      const live = complete((await getLive(reads)).providers);
      return {
        before: listSignInMethods(catalogue, live),
        after: listSignInMethods(catalogue, complete(draft.providers)),
      };
    },
    async deploy({ note, by, draftRevision }) {
      const record = await writes.transaction(async (manager) => {
        await lockTable(manager, "drafts");
        await lockTable(manager, "deployments");
        const draft = await findDraftRecord(manager);
        if (!draft) throw new PasserbyError("NOTHING_TO_DEPLOY");
        const live = await getLive(manager);
        if (draft.baseVersion !== live.version) throw conflict(live.version);
        requireRevision(draft, draftRevision);
        const providers = complete(draft.providers);
        const changes = diffConfigurations(complete(live.providers), providers);
        if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
        await manager.delete(DraftRecord, { id: DRAFT });
        return publish(manager, live, { providers, changes, note, by });
      });
      return adopt(record);
    },
    async redeploy(version, by, baseVersion) {
      const record = await writes.transaction(async (manager) => {
        await lockTable(manager, "deployments");
        const old = await getVersion(manager, version);
        const live = await getLive(manager);
        if (baseVersion != null && baseVersion !== live.version) {
          throw new PasserbyError("DRAFT_CONFLICT", {
            message: "Another deployment went live after this was reviewed. Review it again.",
            details: { liveVersion: live.version },
          });
        }
        const providers = complete(old.providers);
        const changes = diffConfigurations(complete(live.providers), providers);
        if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
        return publish(manager, live, { providers, changes, note: `Version ${version} again`, by });
      });
      return adopt(record);
    },
    ...createHistory({ reads, clock, catalogue }),
  };
}
