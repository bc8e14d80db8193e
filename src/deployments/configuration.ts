/** Provider configurations: validating settings, encrypting and masking secrets, comparing two configurations. */
import { z } from "zod";
import type { Encryption } from "../encryption.ts";
import type { ProviderConfiguration, RecordedChange } from "../entities/deployment.ts";
import type { Provider } from "../identity/provider.ts";
import { describeIssues, ProviderSettingsError, settingErrors } from "./drafts/setting-problems.ts";

/** Shown in place of a secret. */
export const MASK = "•••";

type SettingsRecord = Readonly<Record<string, unknown>>;

/** As it is stored. */
interface EncryptedSecret {
  readonly sealed: string;
}

const isEncrypted = (value: unknown): value is EncryptedSecret =>
  typeof value === "object" && value !== null && typeof (value as EncryptedSecret).sealed === "string";

/** JSON Schema of a provider's settings, for a form; `secret: true` marks a write-only setting. */
export const settingsSchema = (provider: Provider): SettingsRecord =>
  z.toJSONSchema(provider.settings, { io: "input", unrepresentable: "any" }) as SettingsRecord;

export const settingNames = (provider: Provider): string[] =>
  Object.keys((settingsSchema(provider).properties ?? {}) as object);

const secretNames = new WeakMap<Provider["settings"], ReadonlySet<string>>();

function secretsOf(provider: Provider): ReadonlySet<string> {
  let names = secretNames.get(provider.settings);
  if (!names) {
    const properties = (settingsSchema(provider).properties ?? {}) as Record<string, { secret?: boolean }>;
    names = new Set(Object.keys(properties).filter((name) => properties[name]?.secret === true));
    secretNames.set(provider.settings, names);
  }
  return names;
}

const isAddress = (value: unknown): boolean => typeof value === "string" && /^https?:\/\//.test(value);

const contextOf = (provider: Provider, name: string): string => `provider:${provider.name}:${name}`;

/** Settings as the provider reads them: decrypted, with defaults. @throws ProviderSettingsError */
export function decryptSettings(provider: Provider, stored: SettingsRecord, encryption: Encryption): unknown {
  const clear = Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      secretsOf(provider).has(name) && isEncrypted(value)
        ? encryption.decrypt(value.sealed, contextOf(provider, name))
        : value,
    ]),
  );
  return parseSettings(provider, clear);
}

/** Settings as an operator sees them. */
export function maskSettings(stored: SettingsRecord): SettingsRecord {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, isEncrypted(value) ? MASK : value]),
  );
}

/**
 * Settings as they are stored, from what an operator sent. A secret that is absent, or sent as its mask, keeps its
 * value.
 * @throws ProviderSettingsError
 */
export function encryptSettings(
  provider: Provider,
  {
    given,
    before,
    enabled,
    encryption,
  }: { given: SettingsRecord; before: SettingsRecord; enabled: boolean; encryption: Encryption },
): SettingsRecord {
  const secrets = secretsOf(provider);
  const clear: Record<string, unknown> = { ...given };
  const moved = Object.keys(before).find((name) => isAddress(before[name]) && given[name] !== before[name]);
  const unchanged: Record<string, EncryptedSecret> = {};
  for (const name of secrets) {
    const value = clear[name];
    const old = before[name];
    if ((value === undefined || value === MASK) && isEncrypted(old)) {
      if (moved) {
        const message = `${name} must be entered again, because ${moved} has changed: a secret is only sent to the address it was entered for`;
        throw new ProviderSettingsError([{ provider: provider.name, field: name, message }]);
      }
      unchanged[name] = old;
      clear[name] = encryption.decrypt(old.sealed, contextOf(provider, name));
    } else if (value === null || value === MASK) {
      delete clear[name];
    }
  }
  // A disabled provider may lack required settings.
  if (!enabled && Object.keys(clear).length === 0) return {};
  const parsed = parseSettings(provider, clear) as SettingsRecord;
  return Object.fromEntries(
    Object.entries(parsed)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        secrets.has(name)
          ? (unchanged[name] ?? { sealed: encryption.encrypt(String(value), contextOf(provider, name)) })
          : value,
      ]),
  );
}

function parseSettings(provider: Provider, clear: SettingsRecord): unknown {
  const result = provider.settings.safeParse(clear, { error: settingErrors(settingNames(provider)) });
  if (result.success) return result.data;
  throw new ProviderSettingsError(describeIssues(result.error.issues, provider.name));
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Every difference: of the providers in `after`, in their order, then of the removed ones. */
export function diffConfigurations(
  before: readonly ProviderConfiguration[],
  after: readonly ProviderConfiguration[],
): RecordedChange[] {
  const find = (all: readonly ProviderConfiguration[], name: string): ProviderConfiguration | null =>
    all.find((each) => each.name === name) ?? null;
  return [
    ...after.flatMap((next) => diffProvider(next.name, find(before, next.name), next)),
    ...before.filter(({ name }) => !find(after, name)).flatMap((gone) => diffProvider(gone.name, gone, null)),
  ];
}

/** Secrets appear as their mask only. */
function diffProvider(
  provider: string,
  before: ProviderConfiguration | null,
  after: ProviderConfiguration | null,
): RecordedChange[] {
  const changes: RecordedChange[] = [];
  // Built-in providers are enabled and disabled, never added or removed, so their type is no change.
  const typeOf = (one: ProviderConfiguration | null): string | null =>
    one && one.type !== one.name ? one.type : null;
  if (typeOf(before) !== typeOf(after)) {
    changes.push({ provider, field: "type", before: typeOf(before), after: typeOf(after) });
  }
  const [wasOn, isOn] = [before?.enabled ?? false, after?.enabled ?? false];
  if (wasOn !== isOn) changes.push({ provider, field: "enabled", before: wasOn, after: isOn });
  const [old, next] = [before?.settings ?? {}, after?.settings ?? {}];
  const [shownOld, shownNext] = [maskSettings(old), maskSettings(next)];
  for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (same(old[name], next[name])) continue;
    const field = `settings.${name}`;
    changes.push({ provider, field, before: shownOld[name] ?? null, after: shownNext[name] ?? null });
  }
  return changes;
}
