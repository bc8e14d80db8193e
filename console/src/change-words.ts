/** Describes configuration changes as text. */
import { plural } from "./parts/plural.ts";

export interface Change {
  readonly provider: string;
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface ChangeWords {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** The gateway's placeholder for a secret. */
const MASK = "•••";

/** @param titles the titles of settings, by name */
export function wordsOf(
  { field, before, after }: Change,
  titles: Readonly<Record<string, string>>,
): ChangeWords {
  if (field === "enabled") return { label: "Provider Enabled", before: onOff(before), after: onOff(after) };
  if (field === "type") {
    return {
      label: "Provider",
      before: before ? `type ${before}` : "not configured",
      after: after ? `added, type ${after}` : "removed",
    };
  }
  const name = field.replace(/^settings\./, "");
  const label = titles[name] ?? name;
  if (before !== MASK && after !== MASK) return { label, before: valueText(before), after: valueText(after) };
  const isReplaced = before === MASK && after === MASK;
  return {
    label,
    before: before === MASK ? "set" : "not set",
    after: isReplaced ? "changed" : after === MASK ? "set" : "removed",
  };
}

const onOff = (value: unknown): string => (value ? "on" : "off");

export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "not set";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (Array.isArray(value)) return value.length > 0 ? value.map(valueText).join(", ") : "none";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value);
  return entries.length > 0 ? entries.map(([key, each]) => `${key}: ${valueText(each)}`).join(", ") : "none";
}

/** The maximum number of providers named in a version's summary. */
const MAX_NAMED = 5;

/** A version's changes in one line, such as "Enabled custom-token" or "Changed 3 settings of company-sso". */
export function summaryOf(changes: readonly Change[]): string {
  const names = [...new Set(changes.map(({ provider }) => provider))];
  const named = names.slice(0, MAX_NAMED).map((name) =>
    changesOf(
      name,
      changes.filter(({ provider }) => provider === name),
    ),
  );
  const rest = names.length - named.length;
  return [...named, ...(rest > 0 ? [`and ${plural(rest, "more provider")}`] : [])].join(", ");
}

function changesOf(name: string, changes: readonly Change[]): string {
  const type = changes.find(({ field }) => field === "type");
  if (type) return `${type.after ? "Added" : "Removed"} ${name}`;
  const enabled = changes.find(({ field }) => field === "enabled");
  const settings = changes.filter(({ field }) => field !== "enabled").length;
  const count = plural(settings, "setting");
  if (!enabled) return `Changed ${count} of ${name}`;
  const switched = `${enabled.after ? "Enabled" : "Disabled"} ${name}`;
  return settings > 0 ? `${switched} with ${count} changed` : switched;
}

/** @param settingsSchema a JSON Schema */
export function titlesOf(settingsSchema: unknown): Record<string, string> {
  const { properties = {} } = (settingsSchema ?? {}) as { properties?: Record<string, { title?: string }> };
  return Object.fromEntries(Object.entries(properties).map(([name, { title }]) => [name, title ?? name]));
}
