/** Review and deploy the draft, which drafts/drafts.ts changes. live.ts has the configuration that logins use. */
import type { EntityManager } from "typeorm";
import { recordFailure } from "../audit/record-failures.ts";
import { lockTable } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import type { DeploymentRecord } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import { deployed, redeployed } from "../events/operator-events.ts";
import { type EventServices, recordEvents } from "../events/record-events.ts";
import type { Provider } from "../identity/provider.ts";
import type { RequestContext } from "../request-context.ts";
import { createCatalogue } from "./catalogue.ts";
import { diffConfigurations } from "./configuration.ts";
import { createDrafts, type Drafts, deleteDraft, findDraft, operatorOf, overtaken } from "./drafts/drafts.ts";
import { requireRevision, revisionOf } from "./drafts/revisions.ts";
import { createHistory, getLive, getVersion, type History } from "./history.ts";
import { type Live, openLive } from "./live.ts";
import { listProviderStates, type ProviderState } from "./provider-states.ts";
import { type Review, reviewChange } from "./review/review.ts";
import { listSignInMethods } from "./review/users-losing-access.ts";

export interface Deployments extends Drafts, History, Live {
  /** Types of which operators add providers under names of their own. */
  addableTypes(): readonly Provider[];
  states(): Promise<ProviderState[]>;
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
  const { withDefaults } = catalogue;

  const { live, insertVersion, activate } = await openLive(
    { reads, writes, clock, encryption },
    { catalogue, registry, sendsEmails, initialProviders },
  );

  return {
    ...live,
    addableTypes: () => catalogue.addable,
    async states() {
      const draft = await findDraft(reads);
      return listProviderStates(catalogue, await getLive(reads), draft);
    },
    async review() {
      const draft = await findDraft(reads);
      if (!draft) return null;
      const live = withDefaults((await getLive(reads)).providers);
      const after = withDefaults(draft.providers);
      const found = await reviewChange(reads, catalogue, { live, after, now: clock.now() });
      return { baseVersion: draft.baseVersion, draftRevision: revisionOf(draft), ...found };
    },
    async draftedSignInMethods() {
      const draft = await findDraft(reads);
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
          const draft = await findDraft(manager);
          if (!draft) throw new PasserbyError("NOTHING_TO_DEPLOY");
          const live = await getLive(manager);
          if (draft.baseVersion !== live.version) throw overtaken(live.version);
          requireRevision(draft, draftRevision);
          const providers = withDefaults(draft.providers);
          const changes = diffConfigurations(withDefaults(live.providers), providers);
          if (changes.length === 0) throw new PasserbyError("NOTHING_TO_DEPLOY");
          await deleteDraft(manager);
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
    ...createDrafts({ ...services, encryption }, catalogue),
    ...createHistory({ reads, clock, catalogue }),
  };
}
