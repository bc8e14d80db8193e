/** Draft, review, deploy: the changes that operators make. live.ts has the configuration that logins use. */
import type { EntityManager } from "typeorm";
import { recordFailure } from "../audit/record-failures.ts";
import { insertRows } from "../database/insert-rows.ts";
import { lockTable } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import { type DeploymentRecord, DraftRecord, type ProviderConfiguration } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import { deployed, draftDiscarded, draftSaved, redeployed } from "../events/operator-events.ts";
import { type EventServices, recordEvents } from "../events/record-events.ts";
import type { Provider } from "../identity/provider.ts";
import type { RequestContext } from "../request-context.ts";
import { createCatalogue } from "./catalogue.ts";
import { decryptSettings, diffConfigurations } from "./configuration.ts";
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
  saveProviders(context: RequestContext, inputs: readonly SaveProvider[]): Promise<DraftView>;
  /**
   * The same with a providers.json of another gateway or of App Services, where disabled providers may have settings that do not exist here.
   * @param draftRevision the draft that was read; absent: any
   * @returns also what was left out, a sentence each, and why providers of App Services were disabled
   */
  importProviders(
    context: RequestContext,
    inputs: readonly SaveProvider[],
    draftRevision?: string | null,
  ): Promise<{ draft: DraftView; leftOut: string[]; disabled: Record<string, string[]> }>;
  /**
   * Removes a provider that operators added from the draft. Its identities stay, and can log in again once a provider of
   * that name is enabled.
   * @param revision the provider's or the draft's, as it was read; absent: any
   * @throws PasserbyError PROVIDER_NOT_FOUND, BAD_USER_INPUT when it is built in, DRAFT_CONFLICT
   */
  removeProvider(context: RequestContext, name: string, revision?: string | null): Promise<DraftView>;
  /**
   * Applies the draft's own changes to the live version, which is newer than the one the draft was created from.
   * @param draftRevision the draft that was reviewed; absent: any
   * @returns null when no change is left: the draft is deleted
   * @throws PasserbyError NOTHING_TO_DEPLOY when there is no draft, BAD_USER_INPUT when the result is not valid,
   *   DRAFT_CONFLICT when the draft has changed
   */
  rebaseDraft(context: RequestContext, draftRevision?: string | null): Promise<DraftView | null>;
  /**
   * @param draftRevision the draft that was reviewed; absent: any
   * @returns whether there was a draft
   * @throws PasserbyError DRAFT_CONFLICT when the draft has changed
   */
  discardDraft(context: RequestContext, draftRevision?: string | null): Promise<boolean>;
  /** @returns null when there is no draft */
  review(): Promise<Review | null>;
  /** Names of the providers that users can log in with again, before and after the draft; null when there is no draft. */
  draftedSignInMethods(): Promise<{ before: string[]; after: string[] } | null>;
  /**
   * @param options.draftRevision the draft that was reviewed; absent: any
   * @throws PasserbyError NOTHING_TO_DEPLOY, DRAFT_CONFLICT when another version went live or the draft has changed
   */
  deploy(
    context: RequestContext,
    options: { note: string | null; draftRevision?: string | null },
  ): Promise<DeploymentRecord>;
  /**
   * Deploys the content of an earlier version as a new version. The draft stays.
   * @param baseVersion the version that was live when this was reviewed; absent: any
   * @throws PasserbyError BAD_USER_INPUT, NOTHING_TO_DEPLOY, DRAFT_CONFLICT when another version went live
   */
  redeploy(context: RequestContext, version: number, baseVersion?: number | null): Promise<DeploymentRecord>;
}

interface Dependencies extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly encryption: Encryption;
  readonly registry: readonly Provider[];
  /** Whether this gateway can send emails. */
  readonly sendsEmails: boolean;
}

const DRAFT = "draft";

/** As shown with a draft and a deployment. */
const operatorOf = ({ actor }: RequestContext): string => actor.name ?? "the gateway";

/**
 * Loads the live version; a new database gets its first deployment.
 * @param dependencies.initialProviders names of the providers that the first deployment enables
 */
export async function openDeployments({
  encryption,
  registry,
  sendsEmails,
  initialProviders,
  ...services
}: Dependencies & { initialProviders: readonly string[] }): Promise<Deployments> {
  const { reads, writes, clock } = services;
  const catalogue = createCatalogue(registry);
  const { withDefaults, providerFor } = catalogue;

  const { live, insertVersion, activate } = await openLive(
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

  /** Locks the drafts, so that concurrent changes are applied one after the other. */
  const changeDraft = (
    context: RequestContext,
    change: (drafted: ProviderConfiguration[], standing: Standing) => ProviderConfiguration[],
    removed: string | null = null,
  ): Promise<DraftView> =>
    recordFailure(services, context, { action: "DRAFT_SAVED", provider: removed }, () =>
      writes.transaction(async (manager) => {
        await lockTable(manager, "drafts");
        const live = await getLive(manager);
        const existing = await findDraftRecord(manager);
        if (existing && existing.baseVersion !== live.version) throw conflict(live.version);
        const before = withDefaults(existing?.providers ?? live.providers);
        const after = change(before, { live, draft: existing, providers: before });
        const now = clock.now();
        const draft = {
          id: DRAFT,
          baseVersion: live.version,
          providers: after,
          updatedAt: now,
          updatedBy: operatorOf(context),
          saves: recordSaves(existing, { before, after }, { by: operatorOf(context), at: +now }),
        };
        await replaceDraft(manager, draft);
        const view = await viewDraft(manager, catalogue, { draft, live });
        await recordEvents(manager, services, context, draftSaved(view, removed));
        return view;
      }),
    );

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
    saveProviders: (context, inputs) =>
      changeDraft(context, (drafted, standing) => {
        for (const { name, revision } of inputs) requireProviderRevision(name, revision, standing);
        return saveInto(drafted, inputs, { catalogue, encryption });
      }),
    async importProviders(context, inputs, draftRevision) {
      let leftOut: string[] = [];
      let disabled: Record<string, string[]> = {};
      const draft = await changeDraft(context, (drafted, standing) => {
        requireRevision(standing.draft, draftRevision);
        leftOut = [];
        disabled = {};
        return saveInto(drafted, inputs, {
          catalogue,
          encryption,
          onLeftOut: (line) => leftOut.push(line),
          onDisabled: (provider, reasons) => {
            disabled[provider] = reasons;
          },
        });
      });
      return { draft, leftOut, disabled };
    },
    removeProvider: (context, name, revision) =>
      changeDraft(
        context,
        (drafted, standing) => {
          requireProviderRevision(name, revision, standing);
          const found = drafted.find((each) => each.name === name);
          if (!found) throw new PasserbyError("PROVIDER_NOT_FOUND");
          if (!providerFor(found).isNamedByOperator) {
            throw new PasserbyError("BAD_USER_INPUT", {
              message: `${name} is built in. It can be disabled, but not removed.`,
            });
          }
          return drafted.filter((each) => each !== found);
        },
        name,
      ),
    rebaseDraft: (context, draftRevision) =>
      recordFailure(services, context, { action: "DRAFT_SAVED" }, () =>
        writes.transaction(async (manager) => {
          await lockTable(manager, "drafts");
          const old = await findDraftRecord(manager);
          if (!old) throw new PasserbyError("NOTHING_TO_DEPLOY", { message: "There is no draft to rebase." });
          requireRevision(old, draftRevision);
          const live = await getLive(manager);
          const base = await getVersion(manager, old.baseVersion);
          const now = withDefaults(live.providers);
          const providers = rebase(withDefaults(base.providers), withDefaults(old.providers), now);
          for (const each of providers) {
            if (each.enabled) decryptSettings(providerFor(each), each.settings, encryption);
          }
          if (diffConfigurations(now, providers).length === 0) {
            await manager.delete(DraftRecord, { id: DRAFT });
            await recordEvents(manager, services, context, draftDiscarded());
            return null;
          }
          const by = { updatedAt: clock.now(), updatedBy: operatorOf(context) };
          const draft = { ...old, baseVersion: live.version, providers, ...by };
          await replaceDraft(manager, draft);
          const view = await viewDraft(manager, catalogue, { draft, live });
          await recordEvents(manager, services, context, draftSaved(view));
          return view;
        }),
      ),
    discardDraft: (context, draftRevision) =>
      writes.transaction(async (manager) => {
        await lockTable(manager, "drafts");
        const draft = await findDraftRecord(manager);
        if (!draft) return false;
        requireRevision(draft, draftRevision);
        await manager.delete(DraftRecord, { id: DRAFT });
        await recordEvents(manager, services, context, draftDiscarded());
        return true;
      }),
    async review() {
      const draft = await findDraftRecord(reads);
      if (!draft) return null;
      const live = withDefaults((await getLive(reads)).providers);
      const after = withDefaults(draft.providers);
      const found = await reviewChange(reads, catalogue, { live, after, now: clock.now() });
      return { baseVersion: draft.baseVersion, draftRevision: revisionOf(draft), ...found };
    },
    async draftedSignInMethods() {
      const draft = await findDraftRecord(reads);
      if (!draft) return null;
      const live = withDefaults((await getLive(reads)).providers);
      return {
        before: listSignInMethods(catalogue, live),
        after: listSignInMethods(catalogue, withDefaults(draft.providers)),
      };
    },
    async deploy(context, { note, draftRevision }) {
      const record = await recordFailure(services, context, { action: "DEPLOYED" }, () =>
        writes.transaction(async (manager) => {
          await lockTable(manager, "drafts");
          await lockTable(manager, "deployments");
          const draft = await findDraftRecord(manager);
          if (!draft) throw new PasserbyError("NOTHING_TO_DEPLOY");
          const live = await getLive(manager);
          if (draft.baseVersion !== live.version) throw conflict(live.version);
          requireRevision(draft, draftRevision);
          const providers = withDefaults(draft.providers);
          const changes = diffConfigurations(withDefaults(live.providers), providers);
          if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
          await manager.delete(DraftRecord, { id: DRAFT });
          const version = { providers, changes, note, by: operatorOf(context) };
          const record = await insertVersion(manager, live, version);
          await recordEvents(manager, services, context, deployed(record));
          return record;
        }),
      );
      return activate(record);
    },
    async redeploy(context, version, baseVersion) {
      const failure = { action: "REDEPLOYED", detail: { from: version } } as const;
      const record = await recordFailure(services, context, failure, () =>
        writes.transaction(async (manager) => {
          await lockTable(manager, "deployments");
          const old = await getVersion(manager, version);
          const live = await getLive(manager);
          if (baseVersion != null && baseVersion !== live.version) {
            throw new PasserbyError("DRAFT_CONFLICT", {
              message: "Another deployment went live after this was reviewed. Review it again.",
              details: { liveVersion: live.version },
            });
          }
          const providers = withDefaults(old.providers);
          const changes = diffConfigurations(withDefaults(live.providers), providers);
          if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
          const again = { providers, changes, note: `Version ${version} again`, by: operatorOf(context) };
          const record = await insertVersion(manager, live, again);
          await recordEvents(manager, services, context, redeployed(record, version));
          return record;
        }),
      );
      return activate(record);
    },
    ...createHistory({ reads, clock, catalogue }),
  };
}
