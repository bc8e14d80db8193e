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
}

/** Differs when the gateway has something else than what a form began with. */
export const stateKey = ({ enabled, settings, isNew }: ProviderState): string =>
  JSON.stringify([enabled, settings, isNew]);
