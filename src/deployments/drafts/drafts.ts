/** Changes of the draft. deployments.ts reviews and deploys it. */
import type { EntityManager } from "typeorm";
import { recordFailure } from "../../audit/record-failures.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { lockTable } from "../../database/sql.ts";
import type { Writes } from "../../database/writes.ts";
import type { Encryption } from "../../encryption.ts";
import { DraftRecord, type ProviderConfiguration } from "../../entities/deployment.ts";
import { PasserbyError } from "../../errors.ts";
import { draftDiscarded, draftSaved } from "../../events/operator-events.ts";
import { type EventServices, recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import type { Catalogue } from "../catalogue.ts";
import { decryptSettings, diffConfigurations } from "../configuration.ts";
import { getLive, getVersion } from "../history.ts";
import { type DraftView, viewDraft } from "./draft-view.ts";
import { rebase } from "./rebasing.ts";
import { recordSaves, requireProviderRevision, requireRevision, type Standing } from "./revisions.ts";
import { type SaveProvider, saveInto } from "./saving.ts";

export interface Drafts {
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
}

interface DraftServices extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly encryption: Encryption;
}

const DRAFT = "draft";

/** The record of the current draft; null if there is none. */
export const findDraft = (manager: EntityManager): Promise<DraftRecord | null> =>
  manager.findOneBy(DraftRecord, { id: DRAFT });

export async function deleteDraft(manager: EntityManager): Promise<void> {
  await manager.delete(DraftRecord, { id: DRAFT });
}

/** As shown with a draft and a deployment. */
export const operatorOf = ({ actor }: RequestContext): string => actor.name ?? "the gateway";

/** The draft is based on another version than the live one. */
export const overtaken = (liveVersion: number): PasserbyError =>
  new PasserbyError("DRAFT_CONFLICT", { details: { liveVersion } });

export function createDrafts(services: DraftServices, catalogue: Catalogue): Drafts {
  const { reads, writes, clock, encryption } = services;
  const { withDefaults, providerFor } = catalogue;

  const replaceDraft = async (manager: EntityManager, draft: DraftRecord): Promise<void> => {
    await deleteDraft(manager);
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
        const existing = await findDraft(manager);
        if (existing && existing.baseVersion !== live.version) throw overtaken(live.version);
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
    async findDraft() {
      const draft = await findDraft(reads);
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
          const old = await findDraft(manager);
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
            await deleteDraft(manager);
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
        const draft = await findDraft(manager);
        if (!draft) return false;
        requireRevision(draft, draftRevision);
        await deleteDraft(manager);
        await recordEvents(manager, services, context, draftDiscarded());
        return true;
      }),
  };
}
