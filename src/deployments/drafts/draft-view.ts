/** A draft as operators see it. */
import { type EntityManager, MoreThan } from "typeorm";
import {
  DeploymentRecord,
  type DraftRecord,
  type ProviderConfiguration,
  type RecordedChange,
} from "../../entities/deployment.ts";
import type { Catalogue } from "../catalogue.ts";
import { diffConfigurations } from "../configuration.ts";
import { type ProviderRevision, revisionOf, revisionOfProvider } from "./revisions.ts";

export interface DraftView {
  readonly baseVersion: number;
  /** Changes whenever the content of the draft changes. */
  readonly revision: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** Compared with the live version. */
  readonly changes: RecordedChange[];
  /** Compared with the version it was created from; the same unless another one went live meanwhile. */
  readonly ownChanges: RecordedChange[];
  /** Every provider in the draft, and those that it removes. */
  readonly providers: ProviderRevision[];
  /** Versions that went live meanwhile, newest first. If there are any, the draft can only be rebased or discarded. */
  readonly overtakenBy: Omit<DeploymentRecord, "providers">[];
}

export async function viewDraft(
  manager: EntityManager,
  { withDefaults }: Catalogue,
  { draft, live }: { draft: DraftRecord; live: DeploymentRecord },
): Promise<DraftView> {
  const { baseVersion, updatedAt, updatedBy } = draft;
  const drafted = withDefaults(draft.providers);
  const since = (providers: readonly ProviderConfiguration[]): RecordedChange[] =>
    diffConfigurations(withDefaults(providers), drafted);
  const changes = since(live.providers);
  const names = new Set([...drafted, ...withDefaults(live.providers)].map(({ name }) => name));
  const shown = {
    baseVersion,
    revision: revisionOf(draft),
    updatedAt,
    updatedBy,
    providers: [...names].map((name) => revisionOfProvider(name, { live, draft, providers: drafted })),
  };
  if (baseVersion === live.version) return { ...shown, changes, ownChanges: changes, overtakenBy: [] };
  const later = await manager.find(DeploymentRecord, {
    where: { version: MoreThan(baseVersion) },
    order: { version: "DESC" },
  });
  const base = await manager.findOneByOrFail(DeploymentRecord, { version: baseVersion });
  return {
    ...shown,
    changes,
    ownChanges: since(base.providers),
    overtakenBy: later.map(({ providers: _, ...record }) => record),
  };
}
