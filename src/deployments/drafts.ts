/** What an operator sees of a draft, and what may be done with it. */
import { type EntityManager, MoreThan } from "typeorm";
import {
  DeploymentRecord,
  type DraftRecord,
  type ProviderConfiguration,
  type RecordedChange,
} from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import { hashSecret } from "../vault.ts";
import type { Catalogue } from "./catalogue.ts";
import { diffConfigurations } from "./configuration.ts";

export interface DraftView {
  readonly baseVersion: number;
  /** Differs as soon as what would be deployed does. */
  readonly revision: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** Compared with what is live. */
  readonly changes: RecordedChange[];
  /** Compared with the version that it was begun from; the same unless another one went live meanwhile. */
  readonly ownChanges: RecordedChange[];
  /** What went live meanwhile, newest first. While there is any, the draft can be rebased or discarded only. */
  readonly overtakenBy: Omit<DeploymentRecord, "providers">[];
}

/** Secrets in it are sealed, each time differently, so that it tells nothing of them. */
export const revisionOf = ({ baseVersion, providers }: DraftRecord): string =>
  hashSecret(JSON.stringify([baseVersion, providers])).slice(0, 22);

/** @throws PasserbyError DRAFT_CONFLICT when somebody changed the draft that was looked at */
export function requireRevision(draft: DraftRecord, seen: string | null | undefined): void {
  if (seen == null || seen === revisionOf(draft)) return;
  throw new PasserbyError("DRAFT_CONFLICT", {
    message: "The draft was changed after it was reviewed. Review it again.",
    details: { draftUpdatedBy: draft.updatedBy },
  });
}

export async function viewDraft(
  manager: EntityManager,
  { complete }: Catalogue,
  { draft, live }: { draft: DraftRecord; live: DeploymentRecord },
): Promise<DraftView> {
  const { baseVersion, updatedAt, updatedBy } = draft;
  const drafted = complete(draft.providers);
  const since = (providers: readonly ProviderConfiguration[]): RecordedChange[] =>
    diffConfigurations(complete(providers), drafted);
  const shown = { baseVersion, revision: revisionOf(draft), updatedAt, updatedBy };
  const changes = since(live.providers);
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
