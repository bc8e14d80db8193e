/** Deployed versions: listed, compared, and the review of a redeploy. */
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import { DeploymentRecord, type RecordedChange } from "../entities/deployment.ts";
import { PasserbyError } from "../errors.ts";
import type { Catalogue } from "./catalogue.ts";
import { diffConfigurations } from "./configuration.ts";
import { type Review, reviewChange } from "./review/review.ts";

export interface History {
  /** Newest first. */
  list(options: { before: number | null; limit: number }): Promise<DeploymentRecord[]>;
  /** A deployment by its version; null if there is none. */
  find(version: number): Promise<DeploymentRecord | null>;
  /** The changes from one version to another. @throws PasserbyError BAD_USER_INPUT when one does not exist */
  compare(from: number, to: number): Promise<RecordedChange[]>;
  /** What `redeploy` would change now. @throws PasserbyError BAD_USER_INPUT when the version does not exist */
  reviewRedeploy(version: number): Promise<Review>;
}

export async function getLive(manager: EntityManager): Promise<DeploymentRecord> {
  const [live] = await manager.find(DeploymentRecord, { order: { version: "DESC" }, take: 1 });
  if (!live) throw new Error("There is no deployment.");
  return live;
}

/** @throws PasserbyError BAD_USER_INPUT */
export async function getVersion(manager: EntityManager, version: number): Promise<DeploymentRecord> {
  const record = await manager.findOneBy(DeploymentRecord, { version });
  if (record) return record;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `There is no deployment ${version}. \`deployments\` lists them.`,
  });
}

export function createHistory({
  reads,
  clock,
  catalogue,
}: {
  reads: EntityManager;
  clock: Clock;
  catalogue: Catalogue;
}): History {
  const { withDefaults } = catalogue;
  return {
    list({ before, limit }) {
      const builder = reads.createQueryBuilder(DeploymentRecord, "deployment");
      if (before !== null) builder.where("deployment.version < :before", { before });
      return builder.orderBy("deployment.version", "DESC").limit(limit).getMany();
    },
    find: (version) => reads.findOneBy(DeploymentRecord, { version }),
    async compare(from, to) {
      const [one, other] = await Promise.all([getVersion(reads, from), getVersion(reads, to)]);
      return diffConfigurations(withDefaults(one.providers), withDefaults(other.providers));
    },
    async reviewRedeploy(version) {
      const old = await getVersion(reads, version);
      const { version: baseVersion, providers } = await getLive(reads);
      const [live, after] = [withDefaults(providers), withDefaults(old.providers)];
      const found = await reviewChange(reads, catalogue, { live, after, now: clock.now() });
      return { baseVersion, draftRevision: null, ...found };
    },
  };
}
