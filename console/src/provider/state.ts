import type { SettingSchema } from "../settings-form/schema.ts";

/** A provider as its form begins: what the draft makes of it, or what is live where there is no draft. */
export interface ProviderState {
  readonly name: string;
  readonly type: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly schema: SettingSchema;
  /** Whether it is only about to be added, and the gateway knows nothing of it. */
  readonly isNew: boolean;
  /** Of what is here. Saving it refuses when something else stands there by then. */
  readonly revision: string;
  /** Who set what is here; null where that is long ago. */
  readonly changedBy: string | null;
  readonly changedAt: string | null;
  /** Whether it differs from what is live. */
  readonly isDrafted: boolean;
}

/** The revision of a provider that is not there yet. */
export const NOT_THERE = "none";
