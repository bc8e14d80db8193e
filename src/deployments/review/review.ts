import type { EntityManager } from "typeorm";
import type { ProviderConfiguration, RecordedChange } from "../../entities/deployment.ts";
import type { Catalogue } from "../catalogue.ts";
import { diffConfigurations } from "../configuration.ts";
import { type Danger, findDangers } from "./dangers.ts";
import { countImpact, type ProviderImpact } from "./impact.ts";
import { listSignInMethods } from "./users-losing-access.ts";

/** The changes of a configuration and whom they affect. */
export interface Review {
  /** The live version that it was compared with. */
  readonly baseVersion: number;
  /** null for the review of a redeploy. */
  readonly draftRevision: string | null;
  readonly changes: RecordedChange[];
  readonly impact: ProviderImpact[];
  /** Empty when it may be deployed without confirmation. */
  readonly dangers: Danger[];
}

/** Compares what is live with what would be. */
export async function reviewChange(
  reads: EntityManager,
  catalogue: Catalogue,
  {
    live,
    after,
    now,
  }: { live: readonly ProviderConfiguration[]; after: readonly ProviderConfiguration[]; now: Date },
): Promise<Pick<Review, "changes" | "impact" | "dangers">> {
  const changes = diffConfigurations(live, after);
  const touched = [...new Set(changes.map((change) => change.provider))];
  const facts = {
    methodsBefore: listSignInMethods(catalogue, live),
    methodsAfter: listSignInMethods(catalogue, after),
    now,
  };
  const impact: ProviderImpact[] = [];
  for (const name of touched) impact.push(await countImpact(reads, name, facts));
  return { changes, impact, dangers: findDangers(changes, impact) };
}
