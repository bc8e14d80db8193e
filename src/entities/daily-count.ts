import { Column, Entity, PrimaryColumn } from "typeorm";

/**
 * - `arrived`: new anonymous users, by provider; without a provider for imported users
 * - `login`: every other session that was started, by provider
 * - `refused`: failed logins, by error code
 * - `proof`: proofs of work that were asked for, and those that guests were created with or that failed, by outcome
 * - `linked`, `merged`, `left`: anonymous users that linked an identity, were merged, or were deleted, by the day of their creation
 */
export type DailyCountKind = "arrived" | "login" | "refused" | "linked" | "merged" | "left" | "proof";

/** A number of events by day, for statistics. Inserting adds to an existing row. */
@Entity("daily_counts")
export class DailyCount {
  /** Days since 1970, UTC. */
  @PrimaryColumn({ type: "integer" })
  day: number;

  @PrimaryColumn({ type: "varchar" })
  kind: DailyCountKind;

  @PrimaryColumn({ type: "varchar" })
  key: string;

  /** One of several rows of the same count, so that concurrent transactions do not wait for each other. */
  @PrimaryColumn({ type: "integer" })
  shard: number;

  @Column({ type: "integer" })
  count: number;
}
