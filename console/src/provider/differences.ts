/** Compares and merges two operators' edits of the same provider. */
import { valueText } from "../change-words.ts";
import { kindOf, type SettingSchema } from "../settings-form/schema.ts";
import { type FieldValue, type FormValues, fromForm } from "../settings-form/values.ts";

export interface Filled {
  readonly enabled: boolean;
  readonly values: FormValues;
}

export interface Difference {
  readonly label: string;
  readonly theirs: string;
  readonly mine: string;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Three-way merge: my changes since the form was filled, on top of the current values. */
export function mergeEdits(base: Filled, mine: Filled, theirs: Filled): Filled {
  const names = new Set([...Object.keys(theirs.values), ...Object.keys(mine.values)]);
  return {
    enabled: mine.enabled === base.enabled ? theirs.enabled : mine.enabled,
    values: Object.fromEntries(
      [...names].map((name): [string, FieldValue] => [
        name,
        same(mine.values[name], base.values[name]) ? theirs.values[name] : mine.values[name],
      ]),
    ),
  };
}

/** The fields that differ. A secret that both leave unchanged cannot be compared and is omitted. */
export function listDifferences(
  mine: Filled,
  theirs: Filled,
  { schema, stored }: { schema: SettingSchema; stored: Readonly<Record<string, unknown>> },
): Difference[] {
  const onOff = (enabled: boolean): string => (enabled ? "on" : "off");
  const settings = fromForm(mine.values, schema).settings;
  const others = fromForm(theirs.values, schema).settings;
  return [
    ...(mine.enabled === theirs.enabled
      ? []
      : [{ label: "Provider Enabled", theirs: onOff(theirs.enabled), mine: onOff(mine.enabled) }]),
    ...Object.entries(schema.properties ?? {})
      .filter(([name]) => !same(mine.values[name], theirs.values[name]))
      .map(([name, each]): Difference => {
        const label = each.title ?? name;
        if (kindOf(each) !== "secret") {
          return { label, theirs: valueText(others[name]), mine: valueText(settings[name]) };
        }
        const isRemoved = mine.values[name] === null;
        return {
          label,
          theirs: stored[name] === undefined ? "not set" : "set",
          mine: isRemoved ? "removed" : "a new value",
        };
      }),
  ];
}
