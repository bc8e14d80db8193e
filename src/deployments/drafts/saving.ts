/** Saving providers into a draft. */

import type { Encryption } from "../../encryption.ts";
import type { ProviderConfiguration } from "../../entities/deployment.ts";
import type { Provider } from "../../identity/provider.ts";
import type { Catalogue } from "../catalogue.ts";
import { encryptSettings, maskSettings, settingNames } from "../configuration.ts";
import { ProviderSettingsError, type SettingProblem } from "./setting-problems.ts";

type SettingsRecord = Readonly<Record<string, unknown>>;

export interface SaveProvider {
  readonly name: string;
  /** Only needed to add a provider. */
  readonly type?: string | null;
  readonly enabled: boolean;
  /** Absent: unchanged. */
  readonly settings?: SettingsRecord | null;
  /** The provider's or the draft's, as it was read. Absent: any. */
  readonly revision?: string | null;
  /** Whether it is disabled, rather than an error thrown, where its settings are not valid; only with `onDisabled`. */
  readonly isOfAppServices?: boolean;
}

interface Tools {
  readonly catalogue: Catalogue;
  readonly encryption: Encryption;
  /**
   * For a providers.json: settings of a disabled provider are left out where they are incomplete or do not exist here, and
   * this is called. Absent: they are errors.
   */
  readonly onLeftOut?: (line: string) => void;
  /** The same for an enabled provider of App Services, which is disabled where its settings are not valid here. */
  readonly onDisabled?: (provider: string, reasons: string[]) => void;
}

/** @throws ProviderSettingsError naming the problems of all, PasserbyError PROVIDER_NOT_FOUND, BAD_USER_INPUT */
export function saveInto(
  drafted: ProviderConfiguration[],
  inputs: readonly SaveProvider[],
  { catalogue, encryption, onLeftOut, onDisabled }: Tools,
): ProviderConfiguration[] {
  const problems: SettingProblem[] = [];
  const saved = inputs.reduce((providers, { enabled, settings, isOfAppServices, ...wanted }) => {
    const before = catalogue.findOrAdd(providers, wanted);
    const provider = catalogue.providerFor(before);
    const save = (isOn: boolean): ProviderConfiguration[] => {
      const encrypt = (given: SettingsRecord): SettingsRecord =>
        encryptSettings(provider, { given, before: before.settings, enabled: isOn, encryption });
      const encrypted =
        settings && !isOn && onLeftOut
          ? encryptWhatFits(provider, settings, { encrypt, stored: before.settings, onLeftOut })
          : encrypt(settings ?? maskSettings(before.settings));
      const after = { ...before, enabled: isOn, settings: encrypted };
      return providers.includes(before)
        ? providers.map((each) => (each === before ? after : each))
        : providers.concat(after);
    };
    try {
      return save(enabled);
    } catch (error) {
      if (!(error instanceof ProviderSettingsError)) throw error;
      if (enabled && isOfAppServices && onDisabled) {
        onDisabled(
          provider.name,
          error.problems.map(({ message }) => message),
        );
        return save(false);
      }
      problems.push(...error.problems);
      return providers;
    }
  }, drafted);
  if (problems.length > 0) throw new ProviderSettingsError(problems);
  return saved;
}

function encryptWhatFits(
  provider: Provider,
  settings: SettingsRecord,
  {
    encrypt,
    stored,
    onLeftOut,
  }: {
    encrypt: (given: SettingsRecord) => SettingsRecord;
    stored: SettingsRecord;
    onLeftOut: (line: string) => void;
  },
): SettingsRecord {
  const names = settingNames(provider);
  const unknown = Object.keys(settings).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    onLeftOut(
      `${provider.name}, which is disabled: left out ${unknown.join(", ")}, which do not exist here.`,
    );
  }
  const known = Object.entries(settings).filter(([name]) => names.includes(name));
  try {
    return encrypt(Object.fromEntries(known));
  } catch (error) {
    if (!(error instanceof ProviderSettingsError)) throw error;
    const clauses = error.problems.map(({ message }) => message).join("; ");
    const left = known.map(([name]) => name).join(", ");
    onLeftOut(`${provider.name}, which is disabled: left out ${left}, which are incomplete: ${clauses}.`);
    return stored;
  }
}
