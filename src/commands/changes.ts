/** Formats differences between two configurations. */
import { MASK } from "../deployments/configuration.ts";
import type { RecordedChange } from "../entities/deployment.ts";

const onOff = (enabled: boolean): string => (enabled ? "enabled" : "disabled");
const isGiven = (value: unknown): boolean =>
  !(value === null || value === false || (Array.isArray(value) && value.length === 0)) &&
  JSON.stringify(value) !== "{}";

/** One line for each difference; an added provider has its settings below, a removed one is one line. */
export function changeLines(changes: readonly RecordedChange[]): string[] {
  const names = [...new Set(changes.map(({ provider }) => provider))];
  return names.flatMap((name) => {
    const own = changes.filter(({ provider }) => provider === name);
    const type = own.find(({ field }) => field === "type");
    if (!type) return own.map((change) => `  ${name} ${changeLine(change)}`);
    const isNew = type.before === null;
    const enabled = own.some(({ field }) => field === "enabled");
    const head = isNew
      ? `  ${name}: new, of type ${type.after}, ${onOff(enabled)}`
      : `  ${name}: removed, was of type ${type.before}, ${onOff(enabled)}`;
    if (!isNew) return [head];
    const given = own.filter(({ field, after }) => field.startsWith("settings.") && isGiven(after));
    return [head, ...given.map(({ field, after }) => `    ${nameOf(field)}: ${show(after)}`)];
  });
}

const nameOf = (field: string): string => field.replace(/^settings\./, "");
const show = (value: unknown): string => (value === MASK ? "set" : JSON.stringify(value));

function changeLine({ field, before, after }: RecordedChange): string {
  const name = nameOf(field);
  if (field === "enabled") return `${name}: ${before} → ${after}`;
  if (before === MASK && after === MASK) return `${name}: changed`;
  if (before === null) return `${name}: ${show(after)} (new)`;
  if (after === null) return `${name}: removed${before === MASK ? "" : ` (was ${show(before)})`}`;
  return `${name}: ${show(before)} → ${show(after)}`;
}
