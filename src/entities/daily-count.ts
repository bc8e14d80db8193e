import { Column, Entity, PrimaryColumn } from "typeorm";

/**
 * - `arrived`: new anonymous users, by provider; without one those that an import brought
 * - `login`: every other session that was started, by provider
 * - `refused`: failed logins, by error code
 * - `linked`, `merged`, `left`: anonymous users that became known or were deleted, on the day on which they had arrived
 */
export type DailyCountKind = "arrived" | "login" | "refused" | "linked" | "merged" | "left";

/** How often something happened on a day. Inserting adds to what is there. */
@Entity("daily_counts")
export class DailyCount {
  /** Days since 1970, UTC. */
  @PrimaryColumn({ type: "integer" })
  day: number;

  @PrimaryColumn({ type: "varchar" })
  kind: DailyCountKind;

  @PrimaryColumn({ type: "varchar" })
  key: string;

  /** One of several rows of the same count, so that those who count at the same moment do not wait for each other. */
  @PrimaryColumn({ type: "integer" })
  shard: number;

  @Column({ type: "integer" })
  count: number;
}
