import type { SettingSchema } from "../settings-form/schema.ts";

/** A provider as its form shows it: drafted, or live where there is no draft. */
export interface ProviderState {
  readonly name: string;
  readonly type: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly schema: SettingSchema;
  /** Whether it is being added and not saved yet. */
  readonly isNew: boolean;
  /** The revision of these values. Saving fails if the stored revision differs. */
  readonly revision: string;
  /** Who last changed it; null if not recorded. */
  readonly changedBy: string | null;
  readonly changedAt: string | null;
  /** Whether it differs from the live version. */
  readonly isDrafted: boolean;
}

/** The revision of a provider that does not exist yet. */
export const NO_REVISION = "none";
