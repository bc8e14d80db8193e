import { Column, Entity, PrimaryColumn } from "typeorm";
import { JsonColumn, TimeColumn } from "./columns.ts";

/** One provider as an operator configured it. Secret settings are encrypted. */
export interface ProviderConfiguration {
  readonly name: string;
  /** The same as the name, except for providers that operators added. Absent in old rows. */
  readonly type: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One difference between two configurations; secrets are shown as •••. */
export interface RecordedChange {
  readonly provider: string;
  /** `enabled`, `settings.<name>`, or `type` for a provider that is added or removed. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A version of the configuration that is or was live. Rows are only inserted. */
@Entity("deployments")
export class DeploymentRecord {
  @PrimaryColumn({ type: "integer" })
  version: number;

  @JsonColumn()
  providers: ProviderConfiguration[];

  @JsonColumn()
  changes: RecordedChange[];

  @Column({ type: "varchar", nullable: true })
  note: string | null;

  @Column({ type: "varchar" })
  deployedBy: string;

  @TimeColumn()
  deployedAt: Date;
}

/** The draft. There is one at most. */
@Entity("drafts")
export class DraftRecord {
  /** Always `draft`. */
  @PrimaryColumn({ type: "varchar" })
  id: string;

  /** The version that was live when the draft was started. */
  @Column({ type: "integer" })
  baseVersion: number;

  @JsonColumn()
  providers: ProviderConfiguration[];

  @TimeColumn()
  updatedAt: Date;

  @Column({ type: "varchar" })
  updatedBy: string;

  /** Who changed each provider last in this draft, and when; null in drafts of older releases. */
  @JsonColumn({ nullable: true })
  saves: Readonly<Record<string, { readonly by: string; readonly at: number }>> | null;
}
