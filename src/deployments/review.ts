import type { EntityManager } from "typeorm";
import type { ProviderConfiguration, RecordedChange } from "../entities/deployment.ts";
import type { Catalogue } from "./catalogue.ts";
import { diffConfigurations } from "./configuration.ts";
import { countImpact, type ProviderImpact } from "./impact.ts";

/** What a configuration would change, and whom. */
export interface Review {
  /** The version that it would come after. */
  readonly baseVersion: number;
  /** null when it is not about the draft. */
  readonly draftRevision: string | null;
  readonly changes: RecordedChange[];
  readonly impact: ProviderImpact[];
}

/** Compares what is live with what would be. */
export async function reviewChange(
  reads: EntityManager,
  { describe }: Catalogue,
  {
    live,
    after,
    now,
  }: { live: readonly ProviderConfiguration[]; after: readonly ProviderConfiguration[]; now: Date },
): Promise<Pick<Review, "changes" | "impact">> {
  const changes = diffConfigurations(live, after);
  const waysIn = (configuration: readonly ProviderConfiguration[]): string[] =>
    configuration.filter((each) => each.enabled && describe(each).isWayIn).map((each) => each.name);
  const touched = [...new Set(changes.map((change) => change.provider))];
  const facts = { waysInBefore: waysIn(live), waysInAfter: waysIn(after), now };
  const impact = await Promise.all(touched.map((name) => countImpact(reads, name, facts)));
  return { changes, impact };
}
