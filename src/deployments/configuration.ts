/** What a configuration may say: settings checked by their provider, secrets sealed and masked, differences found. */
import { z } from "zod";
import type { Encryption } from "../encryption.ts";
import type { ProviderConfiguration, RecordedChange } from "../entities/deployment.ts";
import type { Provider } from "../identity/provider.ts";
import { describeIssues, ProviderSettingsError } from "./drafts/setting-problems.ts";

/** What stands for a secret wherever one is shown. */
export const MASK = "•••";

type SettingsRecord = Readonly<Record<string, unknown>>;

interface SealedSecret {
  readonly sealed: string;
}

const isSealed = (value: unknown): value is SealedSecret =>
  typeof value === "object" && value !== null && typeof (value as SealedSecret).sealed === "string";

/** JSON Schema of a provider's settings, for a form; `secret: true` marks what is write-only. */
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

/** Settings as the provider reads them: secrets in clear, defaults filled in. @throws ProviderSettingsError */
export function openSettings(provider: Provider, stored: SettingsRecord, encryption: Encryption): unknown {
  const clear = Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      secretsOf(provider).has(name) && isSealed(value)
        ? encryption.decrypt(value.sealed, contextOf(provider, name))
        : value,
    ]),
  );
  return parseSettings(provider, clear);
}

/** Settings as an operator sees them. */
export function maskSettings(stored: SettingsRecord): SettingsRecord {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, isSealed(value) ? MASK : value]),
  );
}

/**
 * Settings as they are stored, from what an operator gave. A secret that is left out, or given as its mask, stays
 * what it was.
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
  const kept: Record<string, SealedSecret> = {};
  for (const name of secrets) {
    const value = clear[name];
    const old = before[name];
    if ((value === undefined || value === MASK) && isSealed(old)) {
      if (moved) {
        const message = `${name} must be given again, since ${moved} has changed: it goes to no other address than it was given for`;
        throw new ProviderSettingsError([{ provider: provider.name, field: name, message }]);
      }
      kept[name] = old;
      clear[name] = encryption.decrypt(old.sealed, contextOf(provider, name));
    } else if (value === null || value === MASK) {
      delete clear[name];
    }
  }
  // A provider that needs settings can be off without any.
  if (!enabled && Object.keys(clear).length === 0) return {};
  const parsed = parseSettings(provider, clear) as SettingsRecord;
  return Object.fromEntries(
    Object.entries(parsed)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        secrets.has(name)
          ? (kept[name] ?? { sealed: encryption.encrypt(String(value), contextOf(provider, name)) })
          : value,
      ]),
  );
}

function parseSettings(provider: Provider, clear: SettingsRecord): unknown {
  const result = provider.settings.safeParse(clear);
  if (result.success) return result.data;
  throw new ProviderSettingsError(
    describeIssues(result.error.issues, {
      provider: provider.name,
      given: clear,
      names: settingNames(provider),
    }),
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Every difference: of the providers there are after it, in their order, then of those that are gone. */
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

/** Secrets only ever read as their mask. */
function diffProvider(
  provider: string,
  before: ProviderConfiguration | null,
  after: ProviderConfiguration | null,
): RecordedChange[] {
  const changes: RecordedChange[] = [];
  // Built-in providers are always there: they are switched, not added.
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
